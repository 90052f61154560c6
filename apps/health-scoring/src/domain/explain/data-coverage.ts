import type { HealthState } from '@perennial/contracts/health';
import { words } from '../words.js';

/** A measure whose data is wanting. */
export interface MissingData {
  readonly measure: string;
  readonly state: 'missing' | 'stale';
  /** What it would add to the coverage, four decimals. */
  readonly share: number;
  /** What would bring the data. */
  readonly text: string;
}

export interface DataCoverage {
  readonly share: number;
  readonly text: string;
  /** Heaviest first. */
  readonly missing: readonly MissingData[];
  /** What does not apply, and why; it counts nowhere. */
  readonly notApplicable: readonly { readonly measure: string; readonly text: string }[];
}

/** On how much of its weight the score rests, and what would bring the rest. `answered`: measures whose data are answers that grow old by themselves. */
export function dataCoverageOf({ dataCoverage, measures }: Pick<HealthState, 'dataCoverage' | 'measures'>, answered: ReadonlySet<string>): DataCoverage {
  const applicable = measures.filter(({ state }) => state !== 'not_applicable');
  const weight = applicable.reduce((sum, one) => sum + one.weight, 0);
  const missing = applicable
    .flatMap(({ id, state, weight: own }): MissingData[] => {
      if (state !== 'missing' && state !== 'stale') return [];
      const say = state === 'missing' ? words.explain.missing : answered.has(id) ? words.explain.old : words.explain.silent;
      return [{ measure: id, state, share: weight === 0 ? 0 : Math.round((own / weight) * 10_000) / 10_000, text: say(id) }];
    })
    .sort((a, b) => b.share - a.share);
  const notApplicable = measures.flatMap(({ id, state, text }) => (state === 'not_applicable' ? [{ measure: id, text }] : []));
  return { share: dataCoverage, text: words.explain.coverage(dataCoverage), missing, notApplicable };
}
