import type { Measure, Reading } from '../measures/measure.js';
import { pointsOn } from '../scorecard/curve.js';
import type { CompiledMeasure, CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { Scorecard, ScorecardMeasure } from '../scorecard/scorecard.js';
import { dayMs, type EpochMs } from '../time/day.js';
import type { AccountView } from './account-view.js';

/** One measure as judged: integer basis points (0-10000), or none where there is no data. */
export interface AssessedMeasure {
  readonly definition: Measure;
  readonly weight: number;
  readonly reading: Reading;
  readonly state: 'ok' | 'stale' | 'missing' | 'not_applicable';
  readonly pointsBp: number | null;
  /** Points before ageing; what the value itself says. */
  readonly freshBp: number | null;
  readonly validUntil: EpochMs | null;
}

/** What was read in one look, by `readingKey`: scorecards that read a measure alike share it. */
export type Readings = Map<string, Reading>;

/** Reads every measure of the card and lets it age. Order as in the card. */
export function assessMeasures(view: AccountView, { measures, ageing }: Pick<CompiledScorecard, 'measures' | 'ageing'>, readings: Readings = new Map()): AssessedMeasure[] {
  return measures.map((entry) => assess(view, entry, ageing, readings));
}

function assess(view: AccountView, entry: CompiledMeasure, ageing: Scorecard['ageing'], readings: Readings): AssessedMeasure {
  const { definition, readingKey } = entry;
  let reading = readings.get(readingKey);
  if (reading === undefined) readings.set(readingKey, (reading = definition.read(view, entry.settings)));
  const base = { definition, weight: entry.weight, reading };
  if (!reading.found) return { ...base, state: reading.state, pointsBp: null, freshBp: null, validUntil: null };
  const curve = reading.curve ?? entry.curve ?? [];
  const fresh = Math.min(pointsOn(curve, reading.value), reading.ceiling ?? 100);
  const { share, validUntil, stale } = ageOf(view, definition, entry, reading, ageing);
  if (validUntil !== null) view.changesAt(validUntil);
  return { ...base, state: stale ? 'stale' : 'ok', freshBp: Math.round(fresh * 100), pointsBp: Math.round(aged(fresh, share, ageing) * 100), validUntil };
}

interface Age {
  /** Age as a share of the validity; 0 while the source lives. */
  readonly share: number;
  readonly validUntil: EpochMs | null;
  readonly stale: boolean;
}

function ageOf(view: AccountView, definition: Measure, entry: ScorecardMeasure, reading: Reading & { found: true }, ageing: Scorecard['ageing']): Age {
  if (entry.validityDays !== null && reading.answeredAt !== undefined) {
    const validity = entry.validityDays * dayMs;
    const share = (view.asOf - reading.answeredAt) / validity;
    return { share, validUntil: reading.answeredAt + validity, stale: share >= 1 };
  }
  let staleAt = Infinity;
  for (const kind of reading.restsOn ?? definition.restsOn) staleAt = Math.min(staleAt, view.sources[kind]?.staleAt ?? Infinity);
  if (staleAt > view.asOf) return { share: 0, validUntil: null, stale: false };
  const validity = ageing.sourceDays * dayMs;
  return { share: (view.asOf - staleAt) / validity, validUntil: staleAt + validity, stale: true };
}

/** Points stay for the first part of the validity, then go linearly to at most neutral: age never raises them. */
export function aged(points: number, share: number, ageing: Scorecard['ageing']): number {
  const end = Math.min(points, ageing.neutral);
  if (share <= ageing.keep) return points;
  if (share >= 1) return end;
  return points + ((end - points) * (share - ageing.keep)) / (1 - ageing.keep);
}
