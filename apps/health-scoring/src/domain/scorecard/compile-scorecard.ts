import { indicatorByKind } from '../indicators/all-indicators.js';
import type { IndicatorDefinition } from '../indicators/indicator.js';
import { measureById } from '../measures/all-measures.js';
import type { Measure } from '../measures/measure.js';
import { capById, type CapDefinition } from '../verdict/caps.js';
import { scorecardFaults } from './check-scorecard.js';
import type { Scorecard, ScorecardCap, ScorecardIndicator, ScorecardMeasure } from './scorecard.js';

/** Which revision of which scorecard. */
export interface ScorecardRef {
  readonly id: string;
  readonly revision: number;
}

export interface CompiledMeasure extends ScorecardMeasure {
  readonly definition: Measure;
  /** The same for two scorecards that read the measure alike. */
  readonly readingKey: string;
}
export type CompiledIndicator = ScorecardIndicator & { readonly definition: IndicatorDefinition };
export type CompiledCap = ScorecardCap & { readonly definition: CapDefinition };

/** A revision of a scorecard, ready to judge: checked, and its names looked up, once. */
export interface CompiledScorecard extends Omit<Scorecard, 'measures' | 'indicators' | 'caps'> {
  readonly revision: number;
  readonly measures: readonly CompiledMeasure[];
  readonly indicators: readonly CompiledIndicator[];
  readonly caps: readonly CompiledCap[];
}

/** A document that this version of the software cannot judge by. */
export class UnfitScorecard extends Error {
  override readonly name = 'UnfitScorecard';
}

/** Throws UnfitScorecard where the document has a fault, as one that a newer version published may have. */
export function compileScorecard(document: unknown, revision: number): CompiledScorecard {
  const [fault] = scorecardFaults(document);
  if (fault !== undefined) throw new UnfitScorecard(`revision ${revision} of a scorecard is broken at ${fault.pointer}: ${fault.detail}`);
  const card = document as Scorecard;
  return {
    ...card,
    // A tier that is called `constructor` must find nothing here.
    tiers: Object.assign(Object.create(null), card.tiers) as Scorecard['tiers'],
    revision,
    measures: card.measures.map((entry) => ({ ...entry, definition: measureById.get(entry.id)!, readingKey: `${entry.id} ${JSON.stringify(entry.settings)}` })),
    indicators: card.indicators.map((entry) => ({ ...entry, definition: indicatorByKind.get(entry.kind)! })),
    caps: card.caps.map((entry) => ({ ...entry, definition: capById[entry.id]! })),
  };
}
