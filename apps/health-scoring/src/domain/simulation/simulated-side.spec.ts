import { judgeAccount } from '../../application/judge-account.js';
import type { Policy } from '../../application/scoring-policy.js';
import { Scenario, shippedDocument } from '../../../test/scenario.js';
import { finishRestatement } from '../account-health.js';
import { judgedDaysOf } from '../backtest/judged-days.js';
import { decodeDay, encodeDay, type KeptDay } from '../days/day-codec.js';
import { markOf } from '../days/judge-day.js';
import { readingPlanOf } from '../days/reading-plan.js';
import { sortScorecards } from '../scorecard/choose-scorecard.js';
import { compileScorecard, type CompiledScorecard } from '../scorecard/compile-scorecard.js';
import { dayOf } from '../time/day.js';
import { noPeers } from '../usage/usage-peers.js';
import { simulateAccount } from './simulate-account.js';
import { simulatedCards } from './simulated-cards.js';
import { SimulatedSide } from './simulated-side.js';

const inForce = ['onboarding', 'digital', 'csm-led', 'goals-only'].map((id) => ({ document: shippedDocument(id), revision: id === 'csm-led' ? 2 : 1 }));
const cards = inForce.map(({ document, revision }) => compileScorecard(document, revision));
const plan = readingPlanOf(cards, 7);
const policy: Policy = { generation: 1, everInForce: [], plan, observe: false, keyFeatures: [], featureCounts: { countedSince: () => null }, usagePeers: noPeers, ...sortScorecards(cards) };

/** Days of a customer from its 60th on, as they were shown live and kept; `meanwhile` happens before the look of a day. */
function lived(days: number, meanwhile: (day: number, it: Scenario) => void): { kept: KeptDay[]; alarms: number } {
  const it = new Scenario().account({}, -60).use(-60, days, 40, ['pat', 'kim']);
  it.signal(-60, 'contract', { contractId: 'c', status: 'created', startsOn: '2025-11-06', endsOn: '2026-11-06', arrMinor: 1_000_000, currency: 'EUR' });
  for (const [name, role] of [['sam', 'executive_sponsor'], ['cleo', 'champion']] as const) it.person(-60, name, { change: 'created', roles: [role] });
  it.signal(-50, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 10, startsOn: '2025-11-06', dueOn: '2026-03-15', status: 'set' });
  it.signal(-40, 'milestone', { milestoneId: 'm', name: 'M', phase: 'adoption', status: 'planned', dueOn: '2026-01-10' });
  it.meeting(-10, 'sam', 'cleo');
  it.signal(-10, 'pulse', { pulse: 3, reason: 'r' });
  let alarms = 0;
  const kept = Array.from({ length: days }, (_, day) => {
    meanwhile(day, it);
    const asOf = it.at(day + 0.6);
    const { verdict, riskChanges } = judgeAccount(it.state, policy, { asOf, sources: it.sources(asOf) }, 'time')!;
    if (day > 0) alarms += riskChanges.filter(({ cause }) => cause !== 'revision').length;
    const today = dayOf(asOf);
    return { day: today, judgedBy: verdict.history.scorecard, ...decodeDay(encodeDay(verdict, today), today, asOf, new Map([[plan.id, plan]])) };
  });
  return { kept, alarms };
}
const ways = (kept: readonly KeptDay[]): string[] => [...new Set(kept.map(({ judgedBy, passage }) => (passage === null ? judgedBy.id : `${passage.from.id}>${judgedBy.id}`)))];

const lives: [string, (day: number, it: Scenario) => void, string[]][] = [
  ['outgrows a scorecard, while its score goes down and up', (day, it) => {
    if (day === 20) it.signal(day, 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'sam' });
    if (day === 33) it.signal(day, 'pulse', { pulse: 1, reason: 'r' });
    if (day === 36) it.signal(day, 'survey', { type: 'renewal_intent', score: 10 }, { personId: 'sam' });
    if (day === 38) it.signal(day, 'pulse', { pulse: 5, reason: 'r' });
  }, ['onboarding', 'onboarding>csm-led', 'csm-led']],
  ['comes under a third on the day after', (day, it) => void (day === 31 && it.account({ tier: 'digital' }, -60)), ['onboarding', 'onboarding>csm-led', 'onboarding>digital', 'digital']],
  ['comes under a third on the way, and turns back', (day, it) => {
    if (day === 36) it.account({ tier: 'digital' }, -60);
    if (day === 40) it.account({ tier: 'mid' }, -60);
  }, ['onboarding', 'onboarding>csm-led', 'csm-led>digital', 'digital>csm-led', 'csm-led']],
  ['is told again on the day on which it outgrows one', (day, it) => void (day === 30 && finishRestatement(it.state, { cause: 'restatement' })), ['onboarding', 'csm-led']],
];

describe('what a simulation makes of the scorecards in force', () => {
  it.each(lives)('is what was shown on each day of an account that %s', (_, meanwhile, expected) => {
    const { kept, alarms } = lived(60, meanwhile);
    expect(ways(kept)).toEqual(expected);
    // From the first day, from the middle of the way, and from the last.
    for (const from of [0, 29, 34, 59]) {
      const side = new SimulatedSide(policy.primary);
      const days = kept.slice(from).map((day) => ({ day: day.day, mark: markOf(side.judge(day).verdict) }));
      expect(days).toEqual(kept.slice(from).map(({ day, mark }) => ({ day, mark })));
    }
    const same = simulateAccount(kept, simulatedCards(inForce, inForce[2]!, inForce))!;
    expect([...same.weeks.values()].reduce((sum, { draft }) => sum + draft.riskChanges, 0)).toBe(alarms);
    expect(same.differingDays).toBe(0);
  });
  it('alarms where something happened on the way, and not by the way itself', () => {
    expect(lived(60, lives[0]![1]).alarms).toBeGreaterThan(1);
  });
  it('is what a backtest reads too, on the way as well', () => {
    const { kept } = lived(60, lives[0]![1]);
    const [onboarding, , csmLed] = cards;
    const own = kept.filter(({ judgedBy }) => judgedBy.id === 'csm-led');
    const side = new SimulatedSide(policy.primary);
    const shown = kept.map((day) => side.judge(day).verdict.rawBp).slice(-own.length);
    const read = (left: CompiledScorecard | null) => judgedDaysOf(kept, csmLed!, () => left, new Set()).slice(-own.length).map(({ scoreBp }) => scoreBp);
    expect(read(onboarding!)).toEqual(shown);
    expect(read(null)).not.toEqual(shown);
  });
});
