import { accountsIn, aucOf, type Estimate } from './auc.js';
import { backtestWords } from './backtest-words.js';
import { claimLevel, findingOf, isTooFew } from './finding.js';
import { termsAt } from './lead-figures.js';
import { fitLogistic, selectFeatures, type Sample } from './penalised-regression.js';
import { seededUniform, shuffled } from './seeded.js';
import { leads, type TermRow } from './term-row.js';

/** How a measure is related to renewal. */
export interface LoyaltyDriver {
  readonly measure: string;
  /** Share of the half-samples in which it was chosen; null: known for too few terms to be ranked. */
  readonly chosen: number | null;
  /** Chosen in four of five half-samples or more, and in the same direction. */
  readonly isDriver: boolean;
  /** Factor on the odds of renewal for one standard deviation more of it, the other measures being equal; from the 5th to the 95th percentile of the half-samples. */
  readonly odds: Estimate | null;
  /** How well it tells losses from renewals by itself, by `leads`; null: too few outcomes. */
  readonly aucs: readonly { readonly leadDays: number; readonly auc: Estimate | null }[];
  /** Related to the outcome only shortly before it. */
  readonly mayFollow: boolean;
  readonly text: string;
}

export interface LoyaltyDrivers {
  /** Days before the notice date at which the measures were read: before most decisions, so that what a decision does to them does not count. */
  readonly readAt: number;
  readonly terms: number;
  readonly losses: number;
  readonly text: string;
  /** Most often chosen first. */
  readonly drivers: readonly LoyaltyDriver[];
}

const readAt = 180;
export const fewestForDrivers = 30;
const pairs = 50;
const stable = 0.8;
/** A measure that is known for less of the terms cannot be ranked among the others. */
const leastKnown = 0.5;

/**
 * Ranks the measures by how steadily they belong to renewal: stability selection (Meinshausen and Buehlmann 2010) over complementary
 * pairs of halves of the accounts (Shah and Samworth 2013), in each of which an adaptive lasso on a logistic regression chooses.
 * Unknown points count as the mean. Yields between the halves, so that the caller can let others work; the same seed gives the same ranking.
 */
export function* rankDrivers(rows: readonly TermRow[], measures: readonly string[], seed: number): Generator<void, LoyaltyDrivers> {
  const terms = termsAt(rows, leads.indexOf(readAt));
  const losses = terms.filter(({ lost }) => lost);
  const known = measures.map((_, index) => terms.filter(({ pointsBp }) => pointsBp[index] !== null).length / Math.max(1, terms.length));
  const found = { readAt, terms: terms.length, losses: losses.length };
  if (accountsIn(losses) < fewestForDrivers || accountsIn(terms.filter(({ lost }) => !lost)) < fewestForDrivers) {
    return { ...found, text: backtestWords.drivers.tooFew(fewestForDrivers), drivers: [] };
  }
  const aucs: Areas[] = [];
  for (const index of measures.keys()) aucs.push(yield* areasOf(rows, index, claimLevel(measures.length)));
  const ranked = measures.map((_, index) => index).filter((index) => known[index]! >= leastKnown && varies(terms, index));
  const cases = standardised(terms, ranked);
  const chosen = new Float64Array(ranked.length);
  const coefficients: number[][] = ranked.map(() => []);
  const uniform = seededUniform(seed);
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const half of halvesOf(terms, uniform)) {
      const fit = fitLogistic(sampleOf(cases, half));
      selectFeatures(fit, half.length).forEach((isChosen, j) => (chosen[j]! += isChosen ? 1 : 0));
      fit.coefficients.forEach((value, j) => coefficients[j]!.push(value));
      yield;
    }
  }
  const drivers = measures.map((measure, index): LoyaltyDriver => {
    const place = ranked.indexOf(index);
    const { areas, mayFollow: late } = aucs[index]!;
    if (place < 0) return { measure, chosen: null, isDriver: false, odds: null, aucs: areas, mayFollow: late, text: backtestWords.drivers.sparse(known[index]!) };
    const share = chosen[place]! / (2 * pairs);
    const odds = oddsOf(coefficients[place]!);
    const isDriver = share >= stable && (odds.low > 1 || odds.high < 1);
    const mayFollow = late && !isDriver;
    const said = [backtestWords.drivers.stable(share), ...(isDriver && odds.value < 1 ? [backtestWords.drivers.against] : []), ...(mayFollow ? [backtestWords.drivers.follows] : [])];
    return { measure, chosen: share, isDriver, odds, aucs: areas, mayFollow, text: said.join('; ') };
  });
  drivers.sort((a, b) => (b.chosen ?? -1) - (a.chosen ?? -1) || Math.abs(Math.log(b.odds?.value ?? 1)) - Math.abs(Math.log(a.odds?.value ?? 1)));
  const stableOnes = drivers.filter(({ isDriver }) => isDriver).map(({ measure }) => measure);
  return { ...found, text: stableOnes.length === 0 ? backtestWords.drivers.none : backtestWords.drivers.found(stableOnes), drivers };
}

interface Areas {
  readonly areas: LoyaltyDriver['aucs'];
  /** It is related to the outcome at the last lead, and was not where drivers are read. */
  readonly mayFollow: boolean;
}

/** Yields after each lead. */
function* areasOf(rows: readonly TermRow[], index: number, level: number): Generator<void, Areas> {
  const areas: { leadDays: number; auc: Estimate | null; isRelated: boolean }[] = [];
  for (const [lead, leadDays] of leads.entries()) {
    const terms = termsAt(rows, lead).flatMap(({ accountId, lost, pointsBp }) => (pointsBp[index] === null ? [] : [{ accountId, lost, score: pointsBp[index]! }]));
    const isFew = isTooFew(terms);
    areas.push({ leadDays, auc: isFew ? null : aucOf(terms), isRelated: !isFew && findingOf(aucOf(terms, level)!, 0.5) !== 'no_signal' });
    yield;
  }
  const mayFollow = areas.at(-1)!.isRelated && !areas[leads.indexOf(readAt)]!.isRelated;
  return { areas: areas.map(({ leadDays, auc }) => ({ leadDays, auc })), mayFollow };
}

type Terms = ReturnType<typeof termsAt>;

const varies = (terms: Terms, index: number): boolean => new Set(terms.flatMap(({ pointsBp }) => pointsBp[index] ?? [])).size > 1;

/** Each feature with mean 0 and spread 1 over the terms that have it; 0 where it is unknown. */
function standardised(terms: Terms, features: readonly number[]): Sample {
  const width = features.length;
  const all = new Float64Array(terms.length * width);
  features.forEach((index, j) => {
    const values = terms.flatMap(({ pointsBp }) => pointsBp[index] ?? []);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    terms.forEach(({ pointsBp }, row) => (all[row * width + j] = ((pointsBp[index] ?? mean) - mean) / spread));
  });
  return { width, features: all, outcomes: Float64Array.from(terms, ({ lost }) => (lost ? 0 : 1)) };
}

/** Rows of two halves of the accounts; lost and renewed accounts are halved each. */
function halvesOf(terms: Terms, uniform: () => number): [number[], number[]] {
  const byAccount = new Map<string, { rows: number[]; lost: boolean }>();
  terms.forEach(({ accountId, lost }, row) => {
    const known = byAccount.get(accountId) ?? { rows: [], lost: false };
    byAccount.set(accountId, { rows: [...known.rows, row], lost: known.lost || lost });
  });
  const halves: [number[], number[]] = [[], []];
  for (const lost of [true, false]) shuffled([...byAccount.values()].filter((account) => account.lost === lost), uniform).forEach(({ rows }, i) => halves[i % 2]!.push(...rows));
  return halves;
}

function sampleOf({ width, features, outcomes }: Sample, rows: readonly number[]): Sample {
  const own = new Float64Array(rows.length * width);
  rows.forEach((row, i) => own.set(features.subarray(row * width, (row + 1) * width), i * width));
  return { width, features: own, outcomes: Float64Array.from(rows, (row) => outcomes[row]!) };
}

function oddsOf(coefficients: readonly number[]): Estimate {
  const sorted = [...coefficients].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { value: Math.exp(sorted.reduce((a, b) => a + b, 0) / sorted.length), low: Math.exp(at(0.05)), high: Math.exp(at(0.95)) };
}
