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
  return { generation, everInForce: [compileScorecard(card, 1), ...cards], plan: readingPlanOf(cards), observe: false, keyFeatures: [], featureCounts: { countedSince: () => null }, usagePeers: noPeers, ...sortScorecards(cards) };
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
  it('so does the first one over what was judged before there were any', () => {
    const it = judged(first);
    Object.assign(it.state.memory, { judgedBy: { id: 'csm-led', revision: 0 }, generation: 0 });
    expect(isOutdated(it.state, strict)).toBe(true);
    expect(told(judgeAnew(it.state, strict, at(it, 0.1)))).toEqual(['green red revision csm-led@2']);
  });
  it('what time brought since the last look is not the new revision\'s doing', () => {
    const it = judged(first);
    for (let day = -60; day < 0; day += 1) for (const name of ['sam', 'cleo', 'pat']) it.signal(day, 'usage', { event: 'e', quantity: 5 }, { personId: name });
    expect(told(judgeAccount(it.state, first, at(it, 0.1), 'signal'))).toEqual([]);
    const same = policyOf(2, [{}, 2]);
    expect(told(judgeAnew(it.state, same, at(it, 40)))).toEqual(['green amber time csm-led@1']);
    expect(it.state.indicators.map(({ kind, byRevision }) => [kind, byRevision])).toContainEqual(['gone_dark', false]);
    expect(it.state.indicators.filter(({ byRevision }) => byRevision)).toEqual([]);
  });
  it('what the new revision takes back of that is not told', () => {
    const mild = policyOf(2, [{ bands: { amber: 20, green: 30 }, indicators: [] }, 2]);
    const it = judged(first);
    for (let day = -60; day < 0; day += 1) for (const name of ['sam', 'cleo', 'pat']) it.signal(day, 'usage', { event: 'e', quantity: 5 }, { personId: name });
    judgeAccount(it.state, first, at(it, 0.1), 'signal');
    const judgement = judgeAnew(it.state, mild, at(it, 40));
    expect(judgement?.verdict.health.riskLevel).toBe('green');
    expect([told(judgement), judgement?.move]).toEqual([[], null]);
  });
  it('nor is what an import brought and the new revision undoes', () => {
    const red = judged(first);
    red.state.pendingCause = 'import';
    red.signal(0.1, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-06-01', endsOn: '2026-06-01', arrMinor: 1, currency: 'EUR' });
    expect(told(judgeAnew(red.state, policyOf(2, [{ indicators: [], caps: [], bands: { amber: 20, green: 30 } }, 2]), at(red, 0.2)))).toEqual([]);
  });
  it('on the way from one scorecard to another too, what time brought is not a publication\'s doing', () => {
    const cards = [[{}, 1], [{ id: 'young', order: 1, criteria: { beforeDay: 305 } }, 5]] as const;
    const it = judged(policyOf(1, ...cards));
    for (let day = -60; day < 8; day += 1) for (const name of ['sam', 'cleo', 'pat']) it.signal(day, 'usage', { event: 'e', quantity: 5 }, { personId: name });
    judgeAccount(it.state, policyOf(1, ...cards), at(it, 4), 'time');
    judgeAccount(it.state, policyOf(1, ...cards), at(it, 8), 'time');
    expect(it.state.memory.passage).not.toBeNull();
    const judgement = judgeAnew(it.state, policyOf(2, ...cards, [{ id: 'trial', role: 'shadow' }, 1]), at(it, 40));
    expect(it.state.indicators.map(({ kind, byRevision }) => [kind, byRevision])).toContainEqual(['gone_dark', false]);
    expect(told(judgement)?.[0]).toMatch(/ time /);
  });
  it('what happens at the same moment keeps its own cause', () => {
    const it = judged(first);
    const mild = policyOf(2, [{ bands: { amber: 30, green: 60 } }, 2]);
    const anew = judgeAnew(it.state, mild, at(it, 0.1));
    it.signal(0.1, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-06-01', endsOn: '2026-06-01', arrMinor: 1, currency: 'EUR' });
    expect([told(anew), told(judgeAccount(it.state, mild, at(it, 0.1), 'signal'))]).toEqual([[], ['green red signal csm-led@2']]);
  });
  it('where a scorecard judged for less than a day, what comes then is news of the next one\'s', () => {
    const both = policyOf(1, [{}, 1], [{ id: 'strict', order: 1, criteria: { tiers: ['high'] }, bands: { amber: 98, green: 99 } }, 5]);
    const it = judged(both);
    it.account({ tier: 'high' }, -300);
    it.signal(0.1, 'pulse', { pulse: 1, reason: 'r' });
    const judgement = judgeAccount(it.state, both, at(it, 0.1), 'signal');
    expect(told(judgement)).toEqual(['green red signal strict@5']);
    // Not a publication's doing: nobody counts it as one.
    expect(judgement?.move).toBeNull();
    expect(judgement?.verdict.health.scorecard).toEqual({ id: 'strict', revision: 5 });
  });
  it('who comes under another scorecard by itself gets there within 14 days, each day exact, and what that changes is the scorecards\' doing', () => {
    const bands = { amber: 75, green: 80 };
    const talks = card.measures.filter(({ id }) => id === 'csm_sentiment' || id === 'renewal_intent');
    const both = policyOf(1, [{ bands, caps: [], measures: talks }, 1], [{ id: 'young', bands, order: 1, criteria: { beforeDay: 305 } }, 5]);
    const it = judged(both);
    expect(it.state.memory.judgedBy?.id).toBe('young');
    it.signal(0.1, 'pulse', { pulse: 3, reason: 'r' });
    const days = [];
    for (let day = 0.1; day < 22; day += 1) {
      const { verdict, riskChanges } = judgeAccount(it.state, both, at(it, day), 'time')!;
      const { health } = verdict;
      expect(5000 + health.measures.reduce((sum, { contribution }) => sum + Math.round((contribution ?? 0) * 100), 0)).toBe(Math.round(health.rawScore! * 100));
      days.push({ card: health.scorecard.id, raw: health.rawScore!, share: health.passage?.share, band: health.band, trend: health.trend, told: riskChanges.map(({ cause }) => cause) });
    }
    const [old, way, after] = [days.slice(0, 5), days.slice(5, 19), days.slice(19)];
    expect(new Set(old.map(({ card: id, share }) => `${id} ${share}`))).toEqual(new Set(['young undefined']));
    expect(way.map(({ card: id, share }) => `${id} ${share}`)).toEqual(Array.from({ length: 14 }, (_, step) => `csm-led ${Math.round((step / 14) * 10_000) / 10_000}`));
    expect(new Set(after.map(({ card: id, share }) => `${id} ${share}`))).toEqual(new Set(['csm-led undefined']));
    expect(way[0]?.raw).toBe(old.at(-1)?.raw);
    expect(way.slice(1).every(({ raw }, i) => raw <= way[i]!.raw)).toBe(true);
    expect(after[0]!.raw).toBeLessThan(way[0]!.raw - 5);
    expect(new Set(way.map(({ trend }) => trend))).toEqual(new Set(['flat']));
    expect([old, way, after].map((some) => some.flatMap(({ told: causes }) => causes))).toEqual([[], ['revision', 'revision'], []]);
  });
  it('the first step of the way is the scorecards\' doing too, though the new one has judged for a day only', () => {
    const talks = card.measures.filter(({ id }) => id === 'csm_sentiment' || id === 'renewal_intent');
    const lived = (green: number) => {
      const bands = { amber: 40, green };
      const both = policyOf(1, [{ bands, caps: [], measures: talks }, 1], [{ id: 'young', bands, order: 1, criteria: { beforeDay: 305 } }, 5]);
      const it = judged(both);
      it.signal(0.1, 'pulse', { pulse: 3, reason: 'r' });
      const days = Array.from({ length: 8 }, (_, day) => judgeAccount(it.state, both, at(it, day + 0.1), 'time')!);
      const first = days.findIndex(({ verdict }) => verdict.health.passage?.share === 0);
      return { before: days[first]!, after: days[first + 1]! };
    };
    const { before, after } = lived(45);
    const between = (before.verdict.health.rawScore! + after.verdict.health.rawScore!) / 2;
    expect(told(lived(between).after)).toEqual(['green amber revision csm-led@1']);
  });
  it('on the way there a signal keeps its own cause, and a published revision holds at once', () => {
    const both = policyOf(1, [{}, 1], [{ id: 'first', order: 1, criteria: { tiers: ['high'] } }, 5]);
    const it = judged(both);
    judgeAccount(it.state, both, at(it, 5), 'time');
    it.account({ tier: 'high' }, -300);
    expect(judgeAccount(it.state, both, at(it, 5.1), 'time')?.verdict.health).toMatchObject({ scorecard: { id: 'first' }, passage: { from: { id: 'csm-led', revision: 1 }, share: 0, until: '2026-01-24' } });
    it.signal(8, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-06-01', endsOn: '2026-06-01', arrMinor: 1, currency: 'EUR' });
    expect(told(judgeAccount(it.state, both, at(it, 8), 'signal'))).toEqual(['green red signal first@5']);
    // The scorecard that is left is retired: nothing is left of it.
    const alone = policyOf(2, [{ id: 'first', order: 1 }, 5]);
    expect(isOutdated(it.state, alone)).toBe(true);
    expect(judgeAnew(it.state, alone, at(it, 8.1))?.verdict.health.passage).toBeUndefined();
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
