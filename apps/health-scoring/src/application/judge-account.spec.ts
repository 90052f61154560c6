import { noPeers } from '../domain/usage/usage-peers.js';
import { Scenario, shippedDocument } from '../../test/scenario.js';
import { readingPlanOf } from '../domain/days/reading-plan.js';
import { sortScorecards } from '../domain/scorecard/choose-scorecard.js';
import { compileScorecard } from '../domain/scorecard/compile-scorecard.js';
import type { Scorecard } from '../domain/scorecard/scorecard.js';
import { isOutdated, judgeAccount, judgeAnew } from './judge-account.js';
import type { Policy } from './scoring-policy.js';

const card = shippedDocument('csm-led');
const policyOf = (generation: number, ...changed: readonly (readonly [Partial<Scorecard>, number])[]): Policy => {
  const cards = changed.map(([changes, revision]) => compileScorecard({ ...card, ...changes }, revision));
  return { generation, plan: readingPlanOf(cards), observe: false, keyFeatures: [], usagePeers: noPeers, ...sortScorecards(cards) };
};
const first = policyOf(1, [{}, 1]);
/** Nobody reaches amber. */
const strict = policyOf(2, [{ bands: { amber: 98, green: 99 } }, 2]);

/** An account that is green and has been judged by `policy`. */
function judged(policy: Policy): Scenario {
  const it = new Scenario().account({}, -300);
  it.signal(-200, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: '2025-12-01', status: 'confirmed' });
  for (const [name, role] of [['sam', 'executive_sponsor'], ['cleo', 'champion'], ['pat', 'power_user']] as const) it.person(-200, name, { change: 'created', roles: [role] });
  it.signal(-1, 'survey', { type: 'nps', score: 9 }, { personId: 'sam' });
  it.signal(-1, 'survey', { type: 'renewal_intent', score: 9 }, { personId: 'sam' });
  it.meeting(-1, 'sam', 'cleo', 'pat');
  it.meeting(-2, 'sam', 'cleo');
  it.signal(-1, 'pulse', { pulse: 4, reason: 'r' });
  expect(judgeAccount(it.state, policy, at(it, 0), 'signal')?.verdict.health.riskLevel).toBe('green');
  return it;
}
const at = (it: Scenario, day: number) => ({ asOf: it.at(day), sources: it.sources(it.at(day)) });
const told = (judgement: ReturnType<typeof judgeAnew>) => judgement?.riskChanges.map(({ from, to, cause, scorecardRevision }) => `${from} ${to} ${cause} ${scorecardRevision.id}@${scorecardRevision.revision}`);

describe('an account and the scorecards in force', () => {
  it('is outdated by a new revision of its scorecard, or the end of it, and by nothing else', () => {
    const { state } = judged(first);
    expect(isOutdated(state, first)).toBe(false);
    expect(isOutdated(state, strict)).toBe(true);
    expect(isOutdated(state, policyOf(2, [{ id: 'other' }, 1]))).toBe(true);
    expect(isOutdated(state, policyOf(2, [{}, 1], [{ id: 'trial', role: 'shadow' }, 1]))).toBe(false);
    expect(isOutdated(new Scenario().state, strict)).toBe(false);
  });
  it('a new revision tells what it changed as its own doing', () => {
    const it = judged(first);
    const judgement = judgeAnew(it.state, strict, at(it, 0.1));
    expect(told(judgement)).toEqual(['green red revision csm-led@2']);
    expect(judgement?.move).toEqual({ accountId: 'acme', fromBand: 'green', toBand: 'red', fromRisk: 'green', toRisk: 'red' });
    expect(isOutdated(it.state, strict)).toBe(false);
  });
  it('what happens at the same moment keeps its own cause', () => {
    const it = judged(first);
    const mild = policyOf(2, [{ bands: { amber: 30, green: 60 } }, 2]);
    const anew = judgeAnew(it.state, mild, at(it, 0.1));
    it.signal(0.1, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-06-01', endsOn: '2026-06-01', arrMinor: 1, currency: 'EUR' });
    expect([told(anew), told(judgeAccount(it.state, mild, at(it, 0.1), 'signal'))]).toEqual([[], ['green red signal csm-led@2']]);
  });
  it('a signal that brings it under another scorecard is judged by the former first', () => {
    const both = policyOf(1, [{}, 1], [{ id: 'strict', order: 1, criteria: { tiers: ['high'] }, bands: { amber: 98, green: 99 } }, 5]);
    const it = judged(both);
    it.account({ tier: 'high' }, -300);
    it.signal(0.1, 'pulse', { pulse: 1, reason: 'r' });
    const judgement = judgeAccount(it.state, both, at(it, 0.1), 'signal');
    expect(told(judgement)).toEqual(['green amber signal csm-led@1', 'amber red revision strict@5']);
    // Not a publication's doing: nobody counts it as one.
    expect(judgement?.move).toBeNull();
    expect(judgement?.verdict.health.scorecard).toEqual({ id: 'strict', revision: 5 });
  });
  it('a new scorecard takes the accounts that meet its criteria, and counts them', () => {
    const it = judged(first);
    const both = policyOf(2, [{}, 1], [{ id: 'strict', order: 1, bands: { amber: 98, green: 99 } }, 1]);
    const judgement = judgeAccount(it.state, both, at(it, 0.1), 'time');
    expect(told(judgement)).toEqual(['green red revision strict@1']);
    expect(judgement?.move).toMatchObject({ fromBand: 'green', toBand: 'red' });
  });
  it('tells nothing where the deployment only observes', () => {
    const it = judged(first);
    expect(judgeAnew(it.state, { ...strict, observe: true }, at(it, 0.1))?.riskChanges).toEqual([]);
  });
});
