import type { DayFacts } from '../days/day-facts.js';
import { scoreDay } from '../days/judge-day.js';
import type { CompiledScorecard, ScorecardRef } from '../scorecard/compile-scorecard.js';
import type { Band } from '../state.js';
import type { EpochMs } from '../time/day.js';
import { adjust } from './adjustments.js';
import { bandOf, bandVerdict } from './band.js';

/** What a scorecard in shadow makes of an account. */
export interface ShadowScore {
  readonly scorecard: ScorecardRef;
  readonly healthScore: number | null;
  readonly rawScore: number | null;
  /** Of this look alone: a shadow remembers nothing, so improving is immediate. */
  readonly band: Band;
  readonly dataCoverage: number;
}

/** Its score with its own caps, without a person's override. Its indicators are not judged: they would need a memory of their own; caps go by those of the scorecard that judges. */
export function shadowScoreOf(facts: DayFacts, card: CompiledScorecard, changesAt: (instant: EpochMs) => void): ShadowScore {
  return { scorecard: { id: card.id, revision: card.revision }, ...plainScoreOf(scoreDay(facts, card, facts.indicators, changesAt), card) };
}

/** Score and band of a day by itself: with the card's caps, without memory and without a person's override. */
export function plainScoreOf({ raw: { rawBp, dataCoverage }, caps }: Pick<ReturnType<typeof scoreDay>, 'raw' | 'caps'>, card: CompiledScorecard): Omit<ShadowScore, 'scorecard'> {
  const adjusted = adjust(rawBp, caps[0] ?? null, null);
  const plain = dataCoverage < card.coverage.any ? 'unknown' : bandOf(rawBp, card.bands);
  const points = (bp: number | null): number | null => (bp === null ? null : bp / 100);
  return { healthScore: points(adjusted.healthBp), rawScore: points(rawBp), band: bandVerdict(plain, adjusted, dataCoverage, card).band, dataCoverage };
}
