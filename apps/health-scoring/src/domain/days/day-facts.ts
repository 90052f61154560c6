import { readMeasure, type Reading } from '../measures/measure.js';
import type { Applicant } from '../scorecard/choose-scorecard.js';
import { applicantOf } from '../scorecard/choose-scorecard.js';
import type { ActiveIndicator, Override, VerdictMemory } from '../state.js';
import type { EpochDay, EpochMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import type { HeldBand } from '../verdict/band.js';
import { capFactsOf, type CapFacts } from './cap-facts.js';
import type { DayPlan, ReadingPlan } from './reading-plan.js';

/** What one measure found, without words and evidence. */
export type DayReading = Omit<Extract<Reading, { found: false }>, 'text'> | Omit<Extract<Reading, { found: true }>, 'text' | 'evidence' | 'restsOn'>;

/** An indicator that was active. `evidence` of a day that was kept only tells which of them rest on the same signals. */
export type DayIndicator = Pick<ActiveIndicator, 'kind' | 'severe' | 'evidence' | 'byRevision' | 'calls'>;

/** All that one look knew of an account: enough to judge it anew by any scorecard. Whoever judges by it gets what the look said. */
export interface DayFacts<R extends DayReading = DayReading> {
  readonly asOf: EpochMs;
  readonly plan: DayPlan;
  /** By place in the plan. */
  readonly readings: readonly R[];
  /** What scorecards are chosen by. */
  readonly applicant: Applicant;
  readonly caps: CapFacts;
  /** Those that the scorecard in force had raised. */
  readonly indicators: readonly DayIndicator[];
  readonly override: Pick<Override, 'healthScore' | 'reason'> | null;
  /** Its signals are another account's: it has no score. */
  readonly merged: boolean;
  /** Nobody is told of the account yet: no band holds back the next. */
  readonly untold: boolean;
  /** The band up to this look, by the scorecard in force. */
  readonly held: HeldBand;
}

/** The part of them that scores and caps go by, of this look alone. */
export type ScoringFacts<R extends DayReading = DayReading> = Pick<DayFacts<R>, 'asOf' | 'plan' | 'readings' | 'applicant' | 'caps' | 'merged'>;

export const scoringFactsOf = (view: AccountView, plan: ReadingPlan): ScoringFacts<Reading> => ({
  asOf: view.asOf,
  plan,
  readings: plan.entries.map((entry) => readMeasure(view, entry)),
  applicant: applicantOf(view.state, view.today),
  caps: capFactsOf(view, view.state.indicators),
  merged: view.state.merged,
});

/** Takes the facts of a look whose indicators have been judged. */
export function dayFactsOf(view: AccountView, plan: ReadingPlan, untold: boolean): DayFacts<Reading> {
  const { state } = view;
  const { amberSince, greenSince } = state.memory;
  // Leaving unknown is immediate: what comes within the first day of it belongs to that, in whatever order (a contract before all the rest).
  const heldBand = untold || isJustKnown(state.memory, view.today) ? 'unknown' : state.memory.heldBand;
  return {
    ...scoringFactsOf(view, plan),
    indicators: state.indicators,
    override: state.override,
    untold,
    held: { heldBand, amberSince, greenSince },
  };
}

/** The band has been known for less than a whole day. */
const isJustKnown = ({ knownSince }: VerdictMemory, today: EpochDay): boolean => knownSince !== null && today - knownSince < 2;
