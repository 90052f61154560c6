import { leads, type LeadReading, type TermRow } from '../src/domain/backtest/term-row.js';
import { seededUniform } from '../src/domain/backtest/seeded.js';

/** Chance for books: the same numbers for the same seed. */
export function chanceOf(seed: number): { readonly uniform: () => number; readonly normal: () => number } {
  const uniform = seededUniform(seed);
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** What each measure of a planted book does. */
export const plantedMeasures = ['value', 'use', 'sponsor', 'decoy', 'farewell', ...Array.from({ length: 9 }, (_, i) => `noise_${i}`)] as const;
export const plantedDrivers: readonly string[] = ['value', 'use', 'sponsor'];

/**
 * Terms whose outcome is known to hang on three things: `value`, `use` and `sponsor`, each of which moves the log-odds of renewal by
 * `strength` for one standard deviation. `decoy` is correlated with `use` at 0.7 and does nothing of its own. `farewell` moves only
 * after the customer has decided, 20 to 150 days before the notice date, and then all the way: a reverse cause. The rest is noise.
 * What is read at a lead is the standing value with some of its own noise. `strength` 0: a book without signal.
 */
export function plantedTerms(seed: number, { accounts = 800, strength = 1, lossRate = 0.2 } = {}): TermRow[] {
  const { uniform, normal } = chanceOf(seed);
  return Array.from({ length: accounts }, (_, account): TermRow => {
    const standing = new Map(plantedMeasures.map((id) => [id, normal()]));
    standing.set('decoy', 0.7 * standing.get('use')! + Math.sqrt(1 - 0.49) * normal());
    const pull = strength * plantedDrivers.reduce((sum, id) => sum + standing.get(id)!, 0);
    const base = Math.log((1 - lossRate) / lossRate) * (1 + strength / 2);
    const lost = uniform() > 1 / (1 + Math.exp(-base - pull));
    const decidedAt = 20 + 130 * uniform();
    const at = leads.map((lead): LeadReading => {
      const values = plantedMeasures.map((id) => standing.get(id)! + 0.3 * normal() + (id === 'farewell' && lead < decidedAt ? (lost ? -3 : 3) : 0));
      const scoreBp = Math.round(5000 + 900 * (values[0]! + values[1]! + values[2]!));
      return { scoreBp, isRed: scoreBp < 4000, pointsBp: values.map((value) => Math.round(Math.min(10_000, Math.max(0, 5000 + 1500 * value)))) };
    });
    return { accountId: `a${account}`, segment: account % 3 === 0 ? 'small' : 'large', lost, at, isWatched: true, red: null, raised: new Map(), lastNps: null };
  });
}
