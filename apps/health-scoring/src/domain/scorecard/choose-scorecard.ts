import { achievedAt } from '../facts/fold-milestone.js';
import type { AccountHealthState } from '../state.js';
import { dayOf, type EpochDay, type EpochMs } from '../time/day.js';
import { startDayOf } from '../verdict/start-day.js';
import type { CompiledScorecard } from './compile-scorecard.js';
import type { Criteria } from './scorecard.js';

/** What an account is told apart by. */
export interface Applicant {
  readonly tier: string | null;
  readonly segment: string | null;
  /** Days of its life. */
  readonly ageDays: number;
  /** Phases of which it achieved a milestone. */
  readonly reached: readonly string[];
}

/** True when the account meets all that is stated. */
export function meets({ tier, segment, ageDays, reached }: Applicant, { tiers, segments, beforeDay, beforeMilestone }: Criteria): boolean {
  if (tiers !== undefined && (tier === null || !tiers.includes(tier))) return false;
  if (segments !== undefined && (segment === null || !segments.includes(segment))) return false;
  if (beforeMilestone !== undefined && reached.includes(beforeMilestone)) return false;
  return beforeDay === undefined || ageDays < beforeDay;
}

/** True of a scorecard that judges whoever no other one does. */
export const isForAll = ({ role, criteria }: Pick<CompiledScorecard, 'role' | 'criteria'>): boolean => role === 'primary' && Object.keys(criteria).length === 0;

/** The scorecards in force, sorted as they are tried. */
export interface ScorecardsInForce {
  readonly primary: readonly CompiledScorecard[];
  readonly shadow: readonly CompiledScorecard[];
}

export function sortScorecards(cards: readonly CompiledScorecard[]): ScorecardsInForce {
  const sorted = [...cards].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  return { primary: sorted.filter(({ role }) => role === 'primary'), shadow: sorted.filter(({ role }) => role === 'shadow') };
}

export interface ChosenScorecards {
  readonly scorecard: CompiledScorecard;
  readonly shadows: readonly CompiledScorecard[];
}

function reachedPhases({ facts }: AccountHealthState): string[] {
  return [...facts.milestones.values()].flatMap((milestone) => (achievedAt(milestone) !== null && milestone.phase !== null ? [milestone.phase.value] : []));
}

export const applicantOf = (state: AccountHealthState, today: EpochDay): Applicant => ({
  tier: state.account?.tier ?? null, segment: state.account?.segment ?? null, ageDays: Math.max(0, today - startDayOf(state, today)), reached: reachedPhases(state),
});

/** Which scorecards judge the account as of `asOf`. One that meets no criteria is judged by the last: publishing sees to it that there is one for all. */
export const chooseScorecards = (state: AccountHealthState, asOf: EpochMs, inForce: ScorecardsInForce): ChosenScorecards => scorecardsFor(applicantOf(state, dayOf(asOf)), inForce);

/** The same of an account as it was told apart on some day. */
export function scorecardsFor(applicant: Applicant, { primary, shadow }: ScorecardsInForce): ChosenScorecards {
  const scorecard = primary.find(({ criteria }) => meets(applicant, criteria)) ?? primary.at(-1);
  if (scorecard === undefined) throw new RangeError('no primary scorecard is in force');
  return { scorecard, shadows: shadow.filter(({ criteria }) => meets(applicant, criteria)) };
}
