import type { AccountState } from '@perennial/contracts/account';
import type { HealthState, RiskChange } from '@perennial/contracts/health';
import type { RenewalsState } from '@perennial/contracts/renewal';
import fc from 'fast-check';
import { desk, health, indicator, office, riskChange } from '../../test/desk-fixture.js';
import { command, commandAll, type Desk } from './desk.js';
import { changesOf } from './desk-changes.js';
import { followAccount } from './follow-account.js';
import { followHealth } from './follow-health.js';
import { followRenewals } from './follow-renewals.js';
import { followRiskChange } from './follow-risk-change.js';
import { pendingWaits, tasksOf } from './run.js';

const levels = ['unknown', 'green', 'amber', 'red'] as const;
const groups = ['use', 'people', 'support', 'voice', 'delivery'] as const;
const start = Date.parse('2026-11-24T09:00:00.000Z');

type Told =
  | { readonly topic: 'risk'; readonly data: RiskChange }
  | { readonly topic: 'health'; readonly data: HealthState }
  | { readonly topic: 'renewals'; readonly data: RenewalsState }
  | { readonly topic: 'accounts'; readonly data: AccountState };

const risk = fc.record({ from: fc.constantFrom(...levels), to: fc.constantFrom(...levels), cause: fc.constantFrom('signal', 'time', 'import') }).map(({ from, to, cause }): Told => ({ topic: 'risk', data: riskChange(from, to, { cause }) }));
const verdict = fc
  .record({ level: fc.constantFrom(...levels), groups: fc.subarray([...groups]), hygiene: fc.subarray(['goals_missing', 'single_threaded', 'cadence_missed']) })
  .map(({ level, groups, hygiene }): Told => ({ topic: 'health', data: health(level, groups, { indicators: hygiene.map((kind) => indicator(kind, 'hygiene')) }) }));
const renewals = fc.array(fc.record({ id: fc.constantFrom('c1~2027', 'c2~2027'), noticeOn: fc.constantFrom('2026-12-01', '2027-01-30', '2027-06-01'), state: fc.constantFrom('open', 'agreed', 'churned') }), { maxLength: 2 }).map((list): Told => ({
  topic: 'renewals',
  data: { accountId: 'acme', arrMinor: 1, currency: 'EUR', version: 1, renewals: [...new Map(list.map((one) => [one.id, one])).values()].map((one) => ({ ...one, accountId: 'acme', contractId: 'c', renewalOn: '2027-07-01', arrMinor: 1, currency: 'EUR', outcome: null, forecast: null })) },
}));
const account = fc.record({ ownerId: fc.constantFrom('olga', 'omar', null), country: fc.constantFrom('DE', 'IL', null) }).map(({ ownerId, country }): Told => ({
  topic: 'accounts',
  data: { id: 'acme', name: 'Acme', segment: null, tier: null, region: null, country, timeZone: null, lifecycleStage: null, ownerId, parentId: null, aliases: [], mergedInto: null, goLive: null, traits: {}, createdAt: '2026-01-01T00:00:00.000Z', stakeholders: [], version: 1 },
}));
const told = fc.oneof(risk, verdict, renewals, account);

function hear(on: Desk, event: Told, place: number, minutes = place): Desk {
  const occasion = { id: `${event.topic}/acme/${place}`, at: new Date(start + minutes * 60_000).toISOString() };
  switch (event.topic) {
    case 'risk':
      return followRiskChange(on, { ...event.data, version: place + 1 }, occasion, office());
    case 'health':
      return followHealth(on, event.data, occasion, office());
    case 'renewals':
      return followRenewals(on, event.data, occasion, office());
    case 'accounts':
      return followAccount(on, event.data, occasion, office());
  }
}

const reasonsAt = (on: Desk) =>
  on.runs.filter((run) => run.state === 'running').flatMap((run) => run.threads.filter((thread) => !thread.cleared).map((thread) => `${run.playbook.id} ${thread.track} ${thread.subject}`)).sort();

describe('whatever is told of an account', () => {
  it('leaves at most one running run per playbook, and one open thread per reason', () => {
    fc.assert(fc.property(fc.array(told, { maxLength: 25 }), (events) => {
      events.reduce((now, event, place) => {
        const after = hear(now, event, place);
        const running = after.runs.filter((run) => run.state === 'running').map((run) => run.playbook.id);
        expect(new Set(running).size).toBe(running.length);
        expect(new Set(reasonsAt(after)).size).toBe(reasonsAt(after).length);
        return after;
      }, desk());
    }));
  });

  it('means the same when it is told twice', () => {
    fc.assert(fc.property(fc.array(told, { maxLength: 15 }), (events) => {
      const once = events.reduce((now, event, place) => hear(now, event, place), desk());
      const twice = events.reduce((now, event, place) => hear(hear(now, event, place), event, place), desk());
      expect(twice).toEqual(once);
    }));
  });

  it('leads to the same reasons, whichever topic is heard first', () => {
    // Each topic keeps its own order, as one partition does; between topics any order may come.
    const shuffled = fc.array(told, { maxLength: 15 }).chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(['risk', 'health', 'renewals', 'accounts'] as const, { minLength: 4 })));
    fc.assert(fc.property(shuffled, ([events, order]) => {
      const numbered = events.map((event, place) => ({ event, place }));
      const byTopic = order.flatMap((topic) => numbered.filter(({ event }) => event.topic === topic));
      const inOrder = numbered.reduce((now, { event, place }) => hear(now, event, place), desk());
      const late = byTopic.reduce((now, { event, place }) => hear(now, event, place), desk());
      expect(reasonsAt(late)).toEqual(reasonsAt(inOrder));
      expect(late.book.reviews.map((review) => review.state)).toEqual(inOrder.book.reviews.map((review) => review.state));
    }));
  });

  it('leaves nothing open in a run that has ended, and nothing waiting without a timer', () => {
    fc.assert(fc.property(fc.array(told, { maxLength: 25 }), (events) => {
      const timers = new Set<string>();
      const end = events.reduce((now, event, place) => {
        const after = hear(now, event, place);
        const { timers: changed } = changesOf(now, after, '2026-11-24T09:00:00.000Z', office());
        for (const id of changed.drop) timers.delete(id);
        for (const timer of changed.set) timers.add(timer.id);
        return after;
      }, desk());
      for (const run of end.runs.filter((ended) => ended.state !== 'running')) {
        expect(tasksOf(run).filter((task) => task.state === 'open')).toEqual([]);
        expect(pendingWaits(run)).toEqual([]);
      }
      const waiting = end.runs.filter((run) => run.state === 'running').flatMap(pendingWaits).map((wait) => wait.id);
      expect([...timers].sort()).toEqual(waiting.sort());
    }));
  });

  it('gives open tasks to the owner of the account, and none to somebody who left', () => {
    fc.assert(fc.property(fc.array(told, { maxLength: 20 }), (events) => {
      const end = events.reduce((now, event, place) => hear(now, event, place), desk());
      const owners = end.runs.flatMap(tasksOf).filter((task) => task.state === 'open').map((task) => task.ownerId);
      expect(owners.every((owner) => owner === end.book.ownerId)).toBe(true);
      const released = commandAll(end, { type: 'hand-over', from: end.book.ownerId, to: null, at: '2026-11-25T09:00:00.000Z' }, office());
      expect(released.runs.flatMap(tasksOf).filter((task) => task.state === 'open' && task.ownerId !== null)).toEqual([]);
    }));
  });
});

describe('timers', () => {
  it('fire once, however often and however late they ring', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 3 }), (daysLate, times) => {
      let now = hear(desk(), { topic: 'risk', data: riskChange('green', 'red') }, 1);
      const wait = pendingWaits(now.runs[0]!)[0]!;
      const at = new Date(Date.parse(wait.until) + daysLate * 86_400_000).toISOString();
      for (let time = 0; time < times; time++) now = command(now, 'risk-response', { type: 'end-wait', waitId: wait.id, at }, office());
      expect(tasksOf(now.runs[0]!)).toHaveLength(3);
      expect(tasksOf(now.runs[0]!)[2]!.dueOn >= at.slice(0, 10)).toBe(true);
    }));
  });

  it('do not fire early', () => {
    const now = hear(desk(), { topic: 'risk', data: riskChange('green', 'red') }, 1);
    const wait = pendingWaits(now.runs[0]!)[0]!;
    expect(command(now, 'risk-response', { type: 'end-wait', waitId: wait.id, at: '2026-12-07T23:59:59.999Z' }, office())).toBe(now);
  });
});
