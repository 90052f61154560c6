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
  /** What is expected of accounts by tier, where the measure goes by it. */
  readonly targets: Pick<Scorecard, 'tiers' | 'defaultTier'> | null;
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
  /** Of its indicators. */
  readonly kinds: ReadonlySet<string>;
}

/** A document that this version of the software cannot judge by. */
export class UnfitScorecard extends Error {
  override readonly name = 'UnfitScorecard';
}

/** Throws UnfitScorecard where the document has a fault, as one that a newer version published may have. */
export function compileScorecard(document: unknown, revision: number): CompiledScorecard {
  const [fault] = scorecardFaults(document);
  if (fault !== undefined) throw new UnfitScorecard(`revision ${revision} of a scorecard is broken at ${fault.pointer}: ${fault.detail}`);
  const stated = document as Scorecard;
  // An account's tier is any text: one called `constructor` must find nothing here.
  const card: Scorecard = { ...stated, tiers: Object.assign(Object.create(null), stated.tiers) as Scorecard['tiers'] };
  return {
    ...card,
    revision,
    measures: card.measures.map((entry) => compileMeasure(entry, card)),
    indicators: card.indicators.map((entry) => ({ ...entry, definition: indicatorByKind.get(entry.kind)! })),
    kinds: new Set(card.indicators.map(({ kind }) => kind)),
    caps: card.caps.map((entry) => ({ ...entry, definition: capById[entry.id]! })),
  };
}

function compileMeasure(entry: ScorecardMeasure, { tiers, defaultTier }: Scorecard): CompiledMeasure {
  const definition = measureById.get(entry.id)!;
  const targets = definition.byTargets === true ? { tiers, defaultTier } : null;
  return { ...entry, definition, targets, readingKey: `${entry.id} ${canonical({ ...entry.settings, ...(targets !== null && { targets }) })}` };
}

/** JSON that does not depend on the order in which a document states its fields. */
export const canonical = (value: object): string =>
  JSON.stringify(value, (_, part: unknown) => (part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part));
