import fc from 'fast-check';
import { aliveAt, csmLedScorecard, measureOf, Scenario } from '../../../test/scenario.js';
import { weekdayOf } from '../time/account-week.js';
import { AccountView } from '../verdict/account-view.js';
import { acceptLevel } from './usage-track.js';
import type { UsageView } from './usage-view.js';

/** One account for each weekday. */
const accountIds = Array.from({ length: 7 }, (_, weekday) => Array.from({ length: 100 }, (_, n) => `a${n}`).find((id) => weekdayOf(id) === weekday)!);

const viewOf = (it: Scenario, day: number): UsageView => new AccountView(it.state, it.at(day), aliveAt(it.at(day)), csmLedScorecard).usage;

/** Four quiet weeks each year, the last of which ended yesterday. */
const seasonal = (accountId: string): Scenario => new Scenario(accountId).use(-448, -393, 100).use(-392, -365, 22).use(-364, -29, 100).use(-28, -1, 22);

describe('use held against the same weeks of last year', () => {
  it.each(accountIds)('knows a season to its edges, whatever weekday the weeks of %s begin with', (accountId) => {
    const it = seasonal(accountId);
    for (let day = 0; day <= 40; day += 1) {
      expect([day, viewOf(it, day)]).toEqual([day, expect.objectContaining({ isByYear: true, level: 1 })]);
      it.use(day, day, 100);
    }
  });

  it('is level at 1 for any year that repeats, on any day', () => {
    fc.assert(
      fc.property(fc.constantFrom(...accountIds), fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 364, maxLength: 364 }), fc.integer({ min: 0, max: 30 }), (accountId, year, today) => {
        const it = new Scenario(accountId);
        for (let day = -410; day < today; day += 1) it.use(day, day, year[(day + 728) % 364]!);
        expect(viewOf(it, today)).toMatchObject({ isByYear: true, level: 1 });
      }),
      { numRuns: 50 },
    );
  });

  it.each(accountIds)('counts the contacts of %s by the same weeks', (accountId) => {
    const everybody = ['a', 'b', 'c', 'd'];
    const it = new Scenario(accountId).use(-448, -393, 8, everybody).use(-392, -365, 2, ['a']).use(-364, -29, 8, everybody).use(-28, -1, 2, ['a']);
    for (let day = 0; day <= 20; day += 1) {
      const { contacts, contactReference } = viewOf(it, day);
      expect([day, contacts]).toEqual([day, contactReference]);
      it.use(day, day, 8, everybody);
    }
  });

  it('names the weeks and what they are held against', () => {
    // Weeks of this account begin on Thursdays, and day 0 is a Monday.
    const it = seasonal(accountIds[0]!);
    it.account({}, -448);
    expect(measureOf(it.look(0), 'usage_level')).toMatchObject({
      value: 1, text: 'Use over the four weeks to 2025-12-31 is 100 % of that of the same weeks of last year (928 against 928)',
      evidence: { query: 'kind=usage&from=2025-12-04&to=2025-12-31' },
    });
  });

  it('the days that count are the last completed ones where no year is known, a fall is raised or a level was accepted', () => {
    const short = new Scenario(accountIds[0]).use(-200, -2, 100).use(-1, -1, 30);
    expect(viewOf(short, 0)).toMatchObject({ isByYear: false, end: viewOf(short, 1).end - 1, total: 2_730_000, reference: 2_800_000 });
    const fallen = seasonal(accountIds[0]!);
    fallen.state.memory.usageTrack.raised = { since: 2900, reference: 1_000_000, contacts: 0 };
    expect(viewOf(fallen, 0)).toMatchObject({ isByYear: false, total: 616_000, reference: 1_000_000 });
    const accepted = seasonal(accountIds[0]!);
    accepted.state.memory.usageTrack.week = 2920;
    acceptLevel(accepted.state.memory.usageTrack, accepted.state.facts.usage);
    expect(viewOf(accepted, 0)).toMatchObject({ isByYear: false, total: 616_000 });
  });
});
