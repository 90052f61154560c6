import { pointsOn } from '../scorecard/curve.js';
import type { DayReading } from '../days/day-facts.js';
import type { Measure } from '../measures/measure.js';
import type { CompiledMeasure, CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { Scorecard, ScorecardMeasure } from '../scorecard/scorecard.js';
import { dayMs, type EpochMs } from '../time/day.js';

/** One measure as judged: integer basis points (0-10000), or none where there is no data. */
export interface AssessedMeasure<R extends DayReading = DayReading> {
  readonly definition: Measure;
  readonly weight: number;
  readonly reading: R;
  readonly state: 'ok' | 'stale' | 'missing' | 'not_applicable';
  readonly pointsBp: number | null;
  /** Points before ageing; what the value itself says. */
  readonly freshBp: number | null;
  readonly validUntil: EpochMs | null;
}

/** Gives every measure of the card that was read (`readings` are in its order) its points, and lets it age. */
export function assessMeasures<R extends DayReading>({ measures, ageing }: Pick<CompiledScorecard, 'measures' | 'ageing'>, asOf: EpochMs, readings: readonly (R | undefined)[]): AssessedMeasure<R>[] {
  const assessed: AssessedMeasure<R>[] = [];
  for (let i = 0; i < measures.length; i += 1) {
    const reading = readings[i];
    if (reading !== undefined) assessed.push(assess(measures[i]!, reading, asOf, ageing));
  }
  return assessed;
}

function assess<R extends DayReading>(entry: CompiledMeasure, reading: R, asOf: EpochMs, ageing: Scorecard['ageing']): AssessedMeasure<R> {
  const { definition, weight } = entry;
  if (!reading.found) return { definition, weight, reading, state: reading.state, pointsBp: null, freshBp: null, validUntil: null };
  const freshBp = Math.round(Math.min(pointsOn(reading.curve ?? entry.curve ?? [], reading.value), reading.ceiling ?? 100) * 100);
  const { share, validUntil, stale } = ageOf(reading, asOf, entry, ageing);
  return { definition, weight, reading, state: stale ? 'stale' : 'ok', freshBp, pointsBp: Math.round(aged(freshBp / 100, share, ageing) * 100), validUntil };
}

interface Age {
  /** Age as a share of the validity; 0 while the source lives. */
  readonly share: number;
  readonly validUntil: EpochMs | null;
  readonly stale: boolean;
}

function ageOf({ answeredAt, staleAt }: DayReading & { found: true }, asOf: EpochMs, { validityDays }: ScorecardMeasure, ageing: Scorecard['ageing']): Age {
  if (validityDays !== null && answeredAt !== undefined) {
    const validity = validityDays * dayMs;
    const share = (asOf - answeredAt) / validity;
    return { share, validUntil: answeredAt + validity, stale: share >= 1 };
  }
  if (staleAt === undefined) return { share: 0, validUntil: null, stale: false };
  const validity = ageing.sourceDays * dayMs;
  return { share: (asOf - staleAt) / validity, validUntil: staleAt + validity, stale: true };
}

/** Points stay for the first part of the validity, then go linearly to at most neutral: age never raises them. */
export function aged(points: number, share: number, ageing: Scorecard['ageing']): number {
  const end = Math.min(points, ageing.neutral);
  if (share <= ageing.keep) return points;
  if (share >= 1) return end;
  return points + ((end - points) * (share - ageing.keep)) / (1 - ageing.keep);
}
