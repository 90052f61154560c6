import { entry } from '../../test/ledger-builder.js';
import { noFacts, type AccountFacts } from './account-facts.js';
import { forecastAccount } from './account-forecast.js';
import type { ContractEntry } from './contract-entry.js';
import { addDays, startOf } from './day.js';
import { noGoalFacts, withGoal } from './goal-facts.js';
import { logit } from './log-odds.js';
import { isPending, shippedPolicy } from './renewal.js';
import { shippedPrior } from './shipped-prior.js';

const at = (ledger: ContractEntry[], facts: AccountFacts, day: string) => forecastAccount(ledger, facts, startOf(day), shippedPrior, shippedPolicy);
const pending = (ledger: ContractEntry[], facts: AccountFacts, day: string) => at(ledger, facts, day).renewals.find(({ state }) => isPending(state))!;
const year = (startsOn: string, endsOn: string, fields: Partial<ContractEntry> = {}) => entry({ status: 'created', startsOn, endsOn, noticeDays: 60, ...fields });
const confirmed = (attained: number, day: string) =>
  withGoal(noGoalFacts, { id: 'g', occurredAt: `${day}T00:00:00.000Z`, goalId: 'g', status: 'confirmed', name: 'g', metric: 'm', baseline: 0, target: 1, dueOn: day, weight: 1, actual: attained });

describe('six accounts worked by hand', () => {
  it('Kiosk: a monthly term that renews by itself, nothing recorded: its base', () => {
    const renewal = pending([entry({ status: 'created', startsOn: '2024-07-01', endsOn: '2024-07-31', autoRenew: true })], noFacts, '2026-07-15');
    expect(renewal).toMatchObject({ id: 'c1~2026-07-31', state: 'open', forecast: { method: 'scorecard', text: 'goals not recorded' } });
    expect(renewal.forecast!.probability).toBeCloseTo(0.975, 12);
  });

  it('Norfield: goals over-achieved, a complaint in time: shown at the limit', () => {
    const facts: AccountFacts = { goals: confirmed(1.3, '2026-06-20'), health: { indicators: [{ kind: 'complaint_open', severe: false, text: '' }], pulse: null } };
    const { forecast } = pending([year('2026-01-01', '2026-12-31')], facts, '2026-07-01');
    expect(forecast!.probability).toBeCloseTo(0.98, 12);
    expect(forecast!.seedPrior).toBeCloseTo(0.999, 12);
  });

  it('Newly: day 12, no goals: the base', () => {
    expect(pending([year('2026-06-19', '2027-06-18')], noFacts, '2026-07-01').forecast!.probability).toBeCloseTo(0.9, 12);
  });

  it('Watermelon: severe drop in use against a friendly pulse: even', () => {
    const facts: AccountFacts = { goals: noGoalFacts, health: { indicators: [{ kind: 'usage_drop', severe: true, text: '' }], pulse: 4 } };
    const { forecast } = pending([year('2026-01-01', '2026-12-31')], facts, '2026-07-01');
    expect(forecast!.probability).toBeCloseTo(0.5, 2);
    expect(forecast!.drivers.map(({ id, logOdds }) => [id, logOdds])).toEqual([['usage_drop', -2.5], ['pulse', 0.3]]);
  });

  it('TaxPeak: goals achieved 30 days ago, pulse 5: shown at the limit', () => {
    const facts: AccountFacts = { goals: confirmed(1, '2026-06-01'), health: { indicators: [], pulse: 5 } };
    const { forecast } = pending([year('2026-01-01', '2026-12-31')], facts, '2026-07-01');
    expect(forecast!.probability).toBeCloseTo(0.98, 12);
    expect(forecast!.drivers[0]!.logOdds).toBeCloseTo((logit(0.99) - logit(0.9)) * 2 ** (-30 / 180), 12);
  });

  it('On-prem: notice given: what the state says, whatever the goals', () => {
    const notice = entry({ status: 'cancel_scheduled', occurredAt: '2026-06-20T00:00:00.000Z' });
    const facts: AccountFacts = { goals: confirmed(1, '2026-06-01'), health: { indicators: [{ kind: 'champion_left', severe: true, text: '' }], pulse: null } };
    expect(pending([year('2026-01-01', '2026-12-31'), notice], facts, '2026-07-01')).toMatchObject({
      state: 'churn_notified', forecast: { probability: 0.05, method: 'state', seedPrior: 0.05, baseLogOdds: null, drivers: [] },
    });
  });
});

describe('state before model', () => {
  const auto = year('2026-01-01', '2026-12-31', { autoRenew: true });
  const bleak: AccountFacts = { goals: noGoalFacts, health: { indicators: [{ kind: 'no_renewal_intent', severe: true, text: '' }], pulse: 1 } };

  it('is at least .97 past the notice date of a contract that renews by itself', () => {
    expect(pending([auto], bleak, '2026-11-01').forecast).toMatchObject({ probability: 0.05000000000000001, method: 'scorecard' });
    expect(pending([auto], bleak, '2026-11-02').forecast).toMatchObject({ probability: 0.97, method: 'state', baseLogOdds: null });
    expect(pending([auto], { goals: confirmed(1.5, '2026-10-30'), health: null }, '2026-11-02').forecast!.probability).toBeCloseTo(0.98, 12);
  });

  it('is 1 once signed and nothing once decided', () => {
    const agreed = entry({ status: 'agreed', occurredAt: '2026-06-01T00:00:00.000Z' });
    expect(pending([auto, agreed], bleak, '2026-06-02').forecast).toMatchObject({ probability: 1, method: 'state' });
    expect(at([year('2026-01-01', '2026-12-31')], noFacts, '2027-03-01').renewals).toMatchObject([{ state: 'churned', forecast: null }]);
  });
});

describe('the account', () => {
  it('sums its contracts in force and lists their renewals by date', () => {
    const ledger = [year('2026-01-01', '2026-12-31'), year('2026-03-01', '2026-11-30', { contractId: 'c0', arrMinor: 1 }), year('2026-09-01', '2027-08-31', { contractId: 'c2', arrMinor: 5 })];
    expect(at(ledger, noFacts, '2026-07-01')).toMatchObject({ arrMinor: 12_000_001, currency: 'USD' });
    expect(at(ledger, noFacts, '2026-07-01').renewals.map(({ id }) => id)).toEqual(['c0~2026-11-30', 'c1~2026-12-31', 'c2~2027-08-31']);
    expect(at([], noFacts, '2026-07-01')).toEqual({ arrMinor: 0, currency: null, renewals: [], nextLookOn: null });
  });

  it('keeps the newest forty decided renewals of a contract', () => {
    const monthly = entry({ status: 'created', startsOn: '2016-01-01', endsOn: '2016-01-31', autoRenew: true });
    expect(at([monthly], noFacts, '2026-07-15').renewals).toHaveLength(40);
  });
});

describe('the next look', () => {
  const contract = year('2026-01-01', '2026-12-31');

  it.each([
    ['start of a contract to come', '2025-12-01', '2026-01-01'],
    ['notice date passed', '2026-07-01', '2026-11-02'],
    ['term over', '2026-11-02', '2027-01-01'],
    ['grace over', '2027-01-01', '2027-01-31'],
    ['all over', '2027-01-31', null],
  ])('%s', (_, day, expected) => expect(at([contract], noFacts, day).nextLookOn).toBe(expected));

  it('falls on the day after a goal date, a change of price and an announced end', () => {
    const running: AccountFacts = { goals: withGoal(noGoalFacts, { id: 'g', occurredAt: '2026-01-01T00:00:00.000Z', goalId: 'g', status: 'set', name: 'g', metric: 'm', baseline: 0, target: 1, dueOn: '2026-08-15', weight: 1, actual: null }), health: null };
    expect(at([contract], running, '2026-07-01').nextLookOn).toBe('2026-08-16');
    expect(at([contract, entry({ status: 'amended', effectiveOn: '2026-07-10', occurredAt: '2026-06-01T00:00:00.000Z' })], running, '2026-07-01').nextLookOn).toBe('2026-07-10');
    expect(at([contract, entry({ status: 'cancelled', effectiveOn: '2026-07-09', occurredAt: '2026-06-01T00:00:00.000Z' })], running, '2026-07-01').nextLookOn).toBe('2026-07-09');
  });

  it('falls on the first day by which fading moved the probability by 0.001', () => {
    const facts: AccountFacts = { goals: confirmed(0.5, '2026-06-01'), health: null };
    const now = pending([contract], facts, '2026-07-01').forecast!.probability;
    const look = at([contract], facts, '2026-07-01').nextLookOn!;
    expect(look > '2026-07-01' && look < '2026-11-02').toBe(true);
    expect(pending([contract], facts, look).forecast!.probability - now).toBeGreaterThanOrEqual(0.001);
    expect(pending([contract], facts, addDays(look, -1)).forecast!.probability - now).toBeLessThan(0.001);
    const limited: AccountFacts = { goals: confirmed(1.5, '2026-06-01'), health: null };
    expect(at([contract], limited, '2026-07-01').nextLookOn).toBe('2026-11-02');
  });
});
