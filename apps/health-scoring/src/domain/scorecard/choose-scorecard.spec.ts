import { Scenario, csmLedScorecard, shippedDocument } from '../../../test/scenario.js';
import { chooseScorecards, meets, sortScorecards } from './choose-scorecard.js';
import { compileScorecard, type CompiledScorecard } from './compile-scorecard.js';
import type { Scorecard } from './scorecard.js';

const like = (changes: Partial<Scorecard>): CompiledScorecard => compileScorecard({ ...shippedDocument('csm-led'), ...changes }, 1);
const goalsOnly = compileScorecard(shippedDocument('goals-only'), 1);

describe('which scorecard judges', () => {
  const onboarding = like({ id: 'onboarding', order: 10, criteria: { beforeDay: 90 } });
  const digital = like({ id: 'digital', order: 20, criteria: { tiers: ['digital'] } });
  const banks = like({ id: 'banks', order: 20, criteria: { segments: ['bank'], tiers: ['high', 'digital'] } });
  const inForce = sortScorecards([csmLedScorecard, goalsOnly, digital, onboarding, banks]);
  const chosen = (tier: string | null, segment: string | null, day: number) => {
    const it = new Scenario().account({ tier, segment });
    return chooseScorecards(it.state, it.at(day), inForce).scorecard.id;
  };

  it.each<[string | null, string | null, number, string]>([
    ['digital', null, 0, 'onboarding'],
    ['digital', null, 89.9, 'onboarding'],
    ['digital', null, 90, 'digital'],
    ['digital', 'bank', 90, 'banks'],
    ['high', 'bank', 90, 'banks'],
    ['mid', 'bank', 90, 'csm-led'],
    [null, null, 90, 'csm-led'],
  ])('tier %s, segment %s, day %s: %s', (tier, segment, day, id) => expect(chosen(tier, segment, day)).toBe(id));

  it('those in shadow never judge, and score besides where their criteria are met', () => {
    const it = new Scenario().account({ tier: 'digital' });
    const some = like({ id: 'trial', role: 'shadow', order: 0, criteria: { tiers: ['high'] } });
    expect(chooseScorecards(it.state, it.at(1), sortScorecards([csmLedScorecard, some, goalsOnly])).shadows.map(({ id }) => id)).toEqual(['goals-only']);
    expect(() => chooseScorecards(it.state, it.at(1), sortScorecards([goalsOnly]))).toThrow('no primary scorecard');
  });
  it('one without criteria is for all', () => expect(meets({ tier: null, segment: null, ageDays: 9999, reached: [] }, {})).toBe(true));
  it('one for accounts before a milestone ends with the first of its phase', () => {
    const young = { tier: null, segment: null, ageDays: 10 };
    expect(meets({ ...young, reached: ['onboarding'] }, { beforeDay: 90, beforeMilestone: 'value' })).toBe(true);
    expect(meets({ ...young, reached: ['onboarding', 'value'] }, { beforeDay: 90, beforeMilestone: 'value' })).toBe(false);
  });
});

describe('a change of scorecard', () => {
  const strict = compileScorecard({ ...shippedDocument('csm-led'), bands: { amber: 90, green: 99 } }, 2);
  const mild = compileScorecard({ ...shippedDocument('csm-led'), bands: { amber: 5, green: 10 } }, 3);
  const told = () => {
    const it = new Scenario().account({}, -300);
    it.signal(-200, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: '2025-12-01', status: 'confirmed' }, { id: 'goal' });
    it.signal(-1, 'pulse', { pulse: 3, reason: 'r' }, { id: 'pulse' });
    return it;
  };

  it('is named in verdict, history row and risk change, with its revision', () => {
    const it = told();
    it.look(0);
    const verdict = it.look(0.1, { scorecard: strict, cause: 'revision' });
    expect([verdict.health.scorecard, verdict.history.scorecard, verdict.riskChange?.scorecardRevision]).toEqual(Array(3).fill({ id: 'csm-led', revision: 2 }));
    expect(verdict.riskChange).toMatchObject({ to: 'red', cause: 'revision' });
    expect(it.state.memory.judgedBy).toEqual({ id: 'csm-led', revision: 2 });
  });
  it('takes its band at once: what the one before remembered holds nothing back', () => {
    const it = told();
    it.look(-5);
    it.look(0, { scorecard: strict });
    expect(it.look(0.1, { scorecard: mild }).health.band).toBe('green');
    // Within one revision improving takes its days.
    it.look(0.2, { scorecard: strict });
    it.signal(0.3, 'pulse', { pulse: 5, reason: 'r' });
    it.signal(0.3, 'survey', { type: 'renewal_intent', score: 10 }, { personId: 'x' });
    expect(it.look(0.4, { scorecard: { ...strict, bands: { amber: 41, green: 50 } } }).health.band).toBe('red');
  });
  it('expects of a tier that it does not name what it expects of the default one, whatever the tier is called', () => {
    const [plain, odd] = [told(), told()];
    odd.account({ tier: 'constructor' }, -300);
    plain.account({ tier: null }, -300);
    expect(odd.look(0).health.measures).toEqual(plain.look(0).health.measures);
  });
  it('is no trend: the days before it were another scorecard\'s', () => {
    const it = told();
    for (let day = 0; day < 20; day += 1) it.look(day);
    expect(it.state.memory.dailyScores.scores).toHaveLength(20);
    it.look(20, { scorecard: strict });
    expect(it.state.memory.dailyScores.scores).toHaveLength(1);
  });
  it('marks the indicators that it raises, and those alone', () => {
    const it = told();
    const without = compileScorecard({ ...shippedDocument('csm-led'), indicators: [{ kind: 'goals_missing', settings: { fromDay: 30 } }] }, 2);
    it.signal(-1, 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent' });
    it.look(0, { scorecard: without });
    it.look(0.1, { scorecard: csmLedScorecard, cause: 'revision' });
    it.signal(0.2, 'pulse', { pulse: 1, reason: 'r' });
    const verdict = it.look(0.2, { cause: 'signal' });
    const risks = verdict.health.indicators.filter(({ group }) => group !== 'hygiene');
    expect(risks.map(({ kind, byRevision }) => [kind, byRevision])).toEqual([['urgent_ticket_open', true], ['csm_concern', undefined]]);
  });
  it('a shadow scores besides by its own numbers, and the verdict is the same with it', () => {
    const [one, other] = [told(), told()];
    const alone = one.look(0);
    const beside = other.look(0, { shadows: [goalsOnly, strict] });
    expect(beside.health).toEqual(alone.health);
    expect(beside.nextLookAt).toBe(alone.nextLookAt);
    const [goals, same] = beside.history.shadows;
    expect(goals).toEqual({ scorecard: { id: 'goals-only', revision: 1 }, healthScore: 90, rawScore: 90, band: 'green', dataCoverage: 1 });
    expect(same).toMatchObject({ scorecard: { id: 'csm-led', revision: 2 }, rawScore: alone.health.rawScore, band: 'red' });
  });
});
