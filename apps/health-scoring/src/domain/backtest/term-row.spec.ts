import type { AccountHistory, ContractOutcome, JudgedDay } from './account-history.js';
import { leads, termRowsOf, type TermRow } from './term-row.js';

const noticeOn = 1_000;
const lost: ContractOutcome = { startsOn: noticeOn - 365, noticeOn, lost: true, decidedOn: null };
type Told = Partial<Omit<JudgedDay, 'day'>>;

/** One reading a day from `from` to `to` days before the notice date, told by days before it. */
function readings(from: number, to: number, tell: (before: number) => Told = () => ({})): JudgedDay[] {
  return Array.from({ length: from - to + 1 }, (_, i) => ({ day: noticeOn - from + i, scoreBp: 6_000, riskLevel: 'amber', indicators: [], pointsBp: [6_000], ...tell(from - i) }));
}
const redFrom = (from: number, to: number) => (before: number): Told => (before <= from && before >= to ? { riskLevel: 'red' } : {});
function rowOf(history: Partial<AccountHistory>, outcome: Partial<ContractOutcome> = {}): TermRow {
  return termRowsOf({ accountId: 'a', segment: null, readings: readings(400, -60), outreach: [], nps: [], outcomes: [{ ...lost, ...outcome }], ...history })[0]!;
}

describe('one term of an account', () => {
  it('is read as of each lead, by the last reading that was not later', () => {
    const row = rowOf({ readings: readings(400, -60, (before) => ({ scoreBp: before })).filter(({ day }) => day % 3 === 0) });
    expect(row.at.map((reading) => (typeof reading === 'string' ? reading : reading.scoreBp))).toEqual([271, 181, 91, 61, 31]);
    expect(rowOf({ readings: readings(100, 70) }).at.map((reading) => (typeof reading === 'string' ? reading : 'read'))).toEqual(['unread', 'unread', 'read', 'unread', 'unread']);
    expect(rowOf({}, { startsOn: noticeOn - 100 }).at.slice(0, 3).map((reading) => typeof reading === 'string' && reading)).toEqual(['outside', 'outside', false]);
  });

  it('does not count what was read once the decision was known, be it by the contract or by the notice that stood', () => {
    const decided = rowOf({ readings: readings(400, 0, redFrom(80, 0)) }, { decidedOn: noticeOn - 85 });
    expect(decided.at.map((reading) => typeof reading === 'string' && reading)).toEqual([false, false, false, 'decided', 'decided']);
    expect(decided.red).toBeNull();
    // The day on which it became known counts as known.
    expect(rowOf({}, { decidedOn: noticeOn - 90 }).at.map((reading) => typeof reading === 'string' && reading)).toEqual([false, false, 'decided', 'decided', 'decided']);
    const notice = rowOf({ readings: readings(400, 0, (before) => (before <= 85 ? { riskLevel: 'red', indicators: ['cancel_scheduled'] } : {})) });
    expect(notice.at.map((reading) => typeof reading === 'string' && reading)).toEqual([false, false, false, 'decided', 'decided']);
    expect(notice).toMatchObject({ red: null, isWatched: true });
    expect([...notice.raised.keys()]).toEqual([]);
  });

  it('turned red when it last did, and was answered by what came within thirty days', () => {
    const twice = readings(400, 0, (before) => ({ ...redFrom(300, 250)(before), ...redFrom(120, 40)(before) }));
    expect(rowOf({ readings: twice }).red).toEqual({ leadDays: 120, isAnswered: false });
    for (const [day, isAnswered] of [[121, false], [120, true], [90, true], [89, false]] as const) {
      expect(rowOf({ readings: twice, outreach: [noticeOn - day] }).red).toEqual({ leadDays: 120, isAnswered });
    }
    // Called when it was over: no answer to red.
    expect(rowOf({ readings: readings(400, 0, redFrom(120, 100)), outreach: [noticeOn - 100] }, { decidedOn: noticeOn - 101 }).red).toEqual({ leadDays: 120, isAnswered: false });
  });

  it('looks for warnings within the year before the notice date and the term itself', () => {
    const early = readings(500, 0, (before) => (before >= 366 ? { riskLevel: 'red', indicators: ['gone_dark'] } : before <= 50 ? { indicators: ['usage_drop'] } : {}));
    const row = rowOf({ readings: early });
    expect(row.red).toBeNull();
    expect(row.raised).toEqual(new Map([['usage_drop', 50]]));
    expect(rowOf({ readings: early }, { startsOn: noticeOn - 49 }).raised.get('usage_drop')).toBe(49);
  });

  it('keeps the last answer before the decision, and says where nothing was read', () => {
    const nps = [{ day: noticeOn - 200, score: 9 }, { day: noticeOn - 20, score: 2 }];
    expect(rowOf({ nps }).lastNps).toBe(2);
    expect(rowOf({ nps }, { decidedOn: noticeOn - 20 }).lastNps).toBe(9);
    expect(rowOf({ readings: readings(-1, -60) })).toMatchObject({ isWatched: false, at: leads.map(() => 'unread') });
  });
});
