import type { CompiledScorecard, ScorecardRef } from '../scorecard/compile-scorecard.js';
import type { Band } from '../state.js';
import type { AccountView } from './account-view.js';
import { adjust } from './adjustments.js';
import { assessMeasures, type AssessedMeasure, type Readings } from './assess-measures.js';
import { bandOf, bandVerdict } from './band.js';
import { lowestCap } from './caps.js';
import { rawScoreOf } from './raw-score.js';

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
export function shadowScoreOf(view: AccountView, card: CompiledScorecard, readings: Readings): ShadowScore {
  const measures = assessMeasures(view, card, readings);
  return { scorecard: { id: card.id, revision: card.revision }, ...scoreOf(view, card, measures) };
}

/** Score and band by measures as they were assessed, with the card's caps, without memory and without a person's override. */
export function scoreOf(view: AccountView, card: CompiledScorecard, measures: readonly AssessedMeasure[]): Omit<ShadowScore, 'scorecard'> {
  const { rawBp, dataCoverage } = rawScoreOf(measures);
  const cap = lowestCap({ view, measures, indicators: view.state.indicators, redBelowBp: card.bands.amber * 100 }, card.caps);
  const adjusted = adjust(rawBp, cap, null);
  const plain = dataCoverage < card.coverage.any ? 'unknown' : bandOf(rawBp, card.bands);
  const points = (bp: number | null): number | null => (bp === null ? null : bp / 100);
  return {
    healthScore: points(adjusted.healthBp), rawScore: points(rawBp),
    band: bandVerdict(plain, adjusted, dataCoverage, card).band, dataCoverage,
  };
}
