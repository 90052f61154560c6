import type { RiskChange } from '@perennial/contracts/health';
import { isDeepStrictEqual } from 'node:util';
import { isOtherScorecard, look, type LookContext, type UnderWay, type Verdict } from '../domain/look.js';
import { chooseScorecards, type ChosenScorecards } from '../domain/scorecard/choose-scorecard.js';
import type { CompiledScorecard } from '../domain/scorecard/compile-scorecard.js';
import { isHardlyJudged, passageTo, type Passage } from '../domain/scorecard/passage.js';
import type { AccountHealthState, Cause } from '../domain/state.js';
import { dayOf } from '../domain/time/day.js';
import type { Move } from './scorecard-store.js';
import type { Policy } from './scoring-policy.js';

/** What one look, or two, came to. */
export interface Judgement {
  readonly verdict: Verdict;
  /** In order; each with its own cause. */
  readonly riskChanges: readonly Omit<RiskChange, 'version'>[];
  /** What the change of scorecard alone moved; null: nothing, or there was none. */
  readonly move: Move | null;
}

type When = Pick<LookContext, 'asOf' | 'sources' | 'everyone' | 'uncounted'>;

/** True when the account was last judged by a revision that another one has replaced since, or is on its way while scorecards change. */
export function isOutdated({ memory }: AccountHealthState, policy: Policy): boolean {
  const { judgedBy, generation, passage } = memory;
  return generation < policy.generation && judgedBy !== null && (passage !== null || !policy.primary.some(({ id, revision }) => id === judgedBy.id && revision === judgedBy.revision));
}

/**
 * Looks at an outdated account as it stands, before anything new is applied: what the scorecard changed is told apart from what happened, and
 * from what time brought since the last look, which the scorecard that judged until now finds first.
 */
export function judgeAnew(state: AccountHealthState, policy: Policy, when: When): Judgement | null {
  const { generation } = state.memory;
  const chosen = chooseScorecards(state, when.asOf, policy);
  const under = wayTo(state, policy, when, chosen.scorecard);
  const before = lookAsBefore(state, policy, when);
  const judgement = byScorecards(state, policy, when, chosen, under, generation, []);
  return judgement && toldTogether(before?.riskChange ?? null, judgement);
}

/** By what judged last; null where that is not known any more, or not whole. */
function lookAsBefore(state: AccountHealthState, policy: Policy, when: When): Verdict | null {
  const { judgedBy, generation, passage } = state.memory;
  const former = policy.everInForce.find(({ id, revision }) => id === judgedBy?.id && revision === judgedBy.revision);
  const under = withScorecard(passage, policy);
  if (former === undefined || (passage !== null && under === null)) return null;
  // Its plan is its own: what is kept of the day is read by the scorecards in force.
  const { plan: _, ...settings } = settingsOf(policy);
  return look(state, { ...when, ...settings, generation, scorecard: former, under, cause: 'time' });
}

const severity: readonly RiskChange['to'][] = ['unknown', 'green', 'amber', 'red'];

/** What the scorecard in force takes back of what the one before found was never so: one change is left, or none. */
function toldTogether(found: Judgement['riskChanges'][number] | null, judgement: Judgement): Judgement {
  const [revised] = judgement.riskChanges;
  if (found === null || revised === undefined) return found === null ? judgement : { ...judgement, riskChanges: [found] };
  const [from, via, to] = [found.from, found.to, revised.to].map((level) => severity.indexOf(level)) as [number, number, number];
  if (Math.sign(via - from) === Math.sign(to - via)) return { ...judgement, riskChanges: [found, revised] };
  return from === to ? { ...judgement, riskChanges: [], move: null } : { ...judgement, riskChanges: [{ ...revised, from: found.from, cause: found.cause }] };
}

/**
 * Looks at the account. Where what was applied, or the day, brings it under another scorecard or on its way there, it is looked at
 * as before first, so that only the change between the two is the scorecards'. What hardly judged before has said nothing that the
 * next one could change: half the facts had come, and what the others bring is told as theirs.
 */
export function judgeAccount(state: AccountHealthState, policy: Policy, when: When, cause: Cause): Judgement | null {
  const chosen = chooseScorecards(state, when.asOf, policy);
  const { generation, judgedBy, passage } = state.memory;
  const under = wayTo(state, policy, when, chosen.scorecard);
  const former = policy.primary.find(({ id }) => id === judgedBy?.id);
  const isSettling = generation === policy.generation && passage === null && under === null && isHardlyJudged(state.memory, dayOf(when.asOf));
  if (former === undefined || isSettling || (former === chosen.scorecard && isDeepStrictEqual(under?.passage ?? null, passage))) {
    const verdict = look(state, { ...when, ...chosen, ...settingsOf(policy), under, cause });
    return verdict && { verdict, riskChanges: changesOf(verdict), move: null };
  }
  const before = look(state, { ...when, ...settingsOf(policy), scorecard: former, under: withScorecard(passage, policy), cause });
  return before && byScorecards(state, policy, when, chosen, under, generation, changesOf(before));
}

/** Who comes under another scorecard by itself gets there step by step. What people publish, and what an account turns out to be once its facts were told again, holds at once. */
function wayTo({ memory, pendingCause }: AccountHealthState, policy: Policy, { asOf }: When, to: CompiledScorecard): UnderWay | null {
  const atOnce = memory.generation < policy.generation || pendingCause === 'import' || pendingCause === 'restatement';
  return withScorecard(passageTo(to, memory, dayOf(asOf), atOnce), policy);
}

/** Null also when the scorecard that is left is no longer in force. */
function withScorecard(passage: Passage | null, { primary }: Policy): UnderWay | null {
  const from = passage === null ? undefined : primary.find(({ id }) => id === passage.from);
  return passage === null || from === undefined ? null : { from, passage };
}

function byScorecards(state: AccountHealthState, policy: Policy, when: When, chosen: ChosenScorecards, under: UnderWay | null, generation: number, earlier: Judgement['riskChanges']): Judgement | null {
  const { memory, accountId } = state;
  // An account that grows out of a scorecard's criteria is moved by itself, not by a publication.
  const isPublished = generation < policy.generation && isOtherScorecard(memory, chosen.scorecard);
  const { band: fromBand, riskLevel: fromRisk } = memory;
  const verdict = look(state, { ...when, ...chosen, ...settingsOf(policy), under, cause: 'revision' });
  if (verdict === null) return null;
  const { band: toBand, riskLevel: toRisk } = verdict.health;
  const move = isPublished && (fromBand !== toBand || fromRisk !== toRisk) ? { accountId, fromBand, toBand, fromRisk, toRisk } : null;
  return { verdict, riskChanges: [...earlier, ...changesOf(verdict)], move };
}

const settingsOf = ({ generation, plan, observe, keyFeatures, featureCounts, usagePeers }: Policy): Pick<LookContext, 'generation' | 'plan' | 'observe' | 'keyFeatures' | 'featureCounts' | 'usagePeers'> =>
  ({ generation, plan, observe, keyFeatures, featureCounts, usagePeers });
const changesOf = ({ riskChange }: Verdict): Judgement['riskChanges'] => (riskChange === null ? [] : [riskChange]);
