import type { AssessedMeasure } from './assess-measures.js';

export interface RawScore {
  /** Basis points; null without any data. */
  readonly rawBp: number | null;
  /** By measure, in the order given; 5000 + their sum = rawBp, exactly. Null where there is no data. */
  readonly contributionsBp: readonly (number | null)[];
  /** Share of the weight that is fresh, four decimals; 0 when nothing applies. */
  readonly dataCoverage: number;
}

/** Points as basis points. 64.99 x 100 is no whole number in binary: whatever a scorecard states is rounded once, here. */
export const basisPoints = (points: number): number => Math.round(points * 100);

/** Of an account that is not scored. */
export const noScore = (measures: number): RawScore => ({ rawBp: null, contributionsBp: Array.from({ length: measures }, () => null), dataCoverage: 0 });

/** The weighted mean and what each measure adds to 50, in integers. */
export function rawScoreOf(measures: readonly Pick<AssessedMeasure, 'weight' | 'pointsBp' | 'state'>[]): RawScore {
  let weight = 0;
  let fresh = 0;
  let applicable = 0;
  let sum = 0;
  for (const measure of measures) {
    if (measure.state === 'not_applicable') continue;
    applicable += measure.weight;
    if (measure.state === 'ok') fresh += measure.weight;
    if (measure.pointsBp === null) continue;
    weight += measure.weight;
    sum += measure.weight * measure.pointsBp;
  }
  const dataCoverage = applicable === 0 ? 0 : Math.round((fresh / applicable) * 10_000) / 10_000;
  if (weight === 0) return { rawBp: null, contributionsBp: measures.map(() => null), dataCoverage };
  const rawBp = Math.round(sum / weight);
  const contributionsBp = measures.map(({ weight: w, pointsBp }) => (pointsBp === null ? null : Math.round((w * (pointsBp - 5000)) / weight)));
  giveRemainder(contributionsBp, rawBp - 5000);
  return { rawBp, contributionsBp, dataCoverage };
}

/** What rounding left over goes to the largest part, where it shows least. */
function giveRemainder(parts: (number | null)[], total: number): void {
  let largest = -1;
  let left = total;
  parts.forEach((part, i) => {
    if (part === null) return;
    left -= part;
    if (largest < 0 || Math.abs(part) > Math.abs(parts[largest] ?? 0)) largest = i;
  });
  if (largest >= 0 && left !== 0) parts[largest] = (parts[largest] ?? 0) + left;
}
