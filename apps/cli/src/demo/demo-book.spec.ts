import { signalInputSchema, signalKinds, type SignalInput } from '@perennial/contracts/signal';
import { faultOf, type Fault } from '@perennial/contracts/validator';
import { historyDays } from './account-profile.js';
import { daysBefore, isWorkday } from './book-calendar.js';
import { demoBook } from './demo-book.js';
import { departure, surveys, tickets } from './live-events.js';
import { storyAccount } from './story-account.js';

const schemas = new Map(signalKinds.map((kind) => [kind, signalInputSchema(kind)]));
const faultsOf = (signals: readonly SignalInput[]): Fault[] => signals.flatMap((signal) => faultOf(schemas.get(signal.kind)!, signal) ?? []);

/** A Sunday, a leap day, the first and the last day of a year, an ordinary one. */
const days = ['2026-11-22', '2028-02-29', '2027-01-01', '2026-12-31', '2026-06-17'];

describe("the demo's book", () => {
  it('is the same for the same day, and another for another', () => {
    expect(demoBook('2026-11-22')).toEqual(demoBook('2026-11-22'));
    expect(demoBook('2026-11-22').history).not.toEqual(demoBook('2026-11-23').history);
  });

  it.each(days)('as of %s: a dozen customers, told in signals that the front door takes', (today) => {
    const { accounts, history } = demoBook(today);
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(12);
    expect(new Set(history.map(({ accountId }) => accountId)).size).toBe(12);
    expect(new Set(history.map(({ id }) => id)).size).toBe(history.length);
    expect(faultsOf(history)).toEqual([]);
  });

  it.each(days)('as of %s: over by then, in the order in which it happened', (today) => {
    const instants = demoBook(today).history.map(({ occurredAt }) => occurredAt ?? '');
    expect(instants).toEqual([...instants].sort());
    expect(instants.at(-1)! < `${today}T00:00:00.000Z`).toBe(true);
  });

  it.each(days)('as of %s: four months of use, on workdays only', (today) => {
    const used = demoBook(today).history.filter(({ kind }) => kind === 'usage').map(({ occurredAt }) => (occurredAt ?? '').slice(0, 10));
    expect(used.every(isWorkday)).toBe(true);
    expect(used[0]! >= daysBefore(today, historyDays) && used[0]! <= daysBefore(today, historyDays - 4)).toBe(true);
  });

  it('every running term ends ahead of the day, or was renewed', () => {
    for (const today of days) {
      const { history } = demoBook(today);
      const ends = new Map<string, string>();
      for (const signal of history) if (signal.kind === 'contract') ends.set(signal.accountId ?? '', signal.data.endsOn ?? '');
      expect([...ends.values()].every((end) => end >= today)).toBe(true);
    }
  });
});

describe('the live events', () => {
  it('are signals that the front door takes', () => {
    const live = [...tickets(storyAccount), ...surveys(storyAccount), ...departure(storyAccount)];
    expect(faultsOf(live)).toEqual([]);
  });
});
