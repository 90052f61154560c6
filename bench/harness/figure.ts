import { spreadOf, type Spread } from './spread.js';

/** What a bound says of a figure. */
export interface Bounds {
  /** Unit of the figure, e.g. `x B1`, `ms`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly gate: number | null;
  readonly goal: number | null;
}

/** One line of the table. */
export interface Figure extends Bounds {
  readonly id: string;
  readonly title: string;
  readonly value: Spread;
  /** What the figure was made of, e.g. `4,812/s of 26,100/s`. */
  readonly detail: string;
  /** Why it counts nothing; null when the ledgers agree. */
  readonly void: string | null;
  /** Everything that was measured, for the raw results. */
  readonly raw: object;
}

export type Verdict = 'goal' | 'gate' | 'below' | 'void' | 'told';

/** `told`: a figure that is reported beside others and has no bound of its own. */
export function verdictOf({ value, better, gate, goal, void: reason }: Figure): Verdict {
  if (reason !== null || Number.isNaN(value.median)) return 'void';
  const reaches = (bound: number): boolean => (better === 'higher' ? value.median >= bound : value.median <= bound);
  if (goal !== null && reaches(goal)) return 'goal';
  if (gate === null) return goal === null ? 'told' : 'below';
  return reaches(gate) ? 'gate' : 'below';
}

/** One measurement and what the ledger says of it. */
export interface Measured {
  readonly value: number;
  /** What is wrong with it by the ledger; null: every accepted id had its one effect. */
  readonly fault: string | null;
  readonly more?: object;
}

export interface Comparison {
  /** Candidate by baseline, round by round. */
  readonly ratio: Spread;
  readonly candidate: Spread;
  readonly baseline: Spread;
  readonly void: string | null;
  readonly raw: object;
}

/** Measures baseline and candidate in turns, so that what else the machine does meets both. */
export async function alternate(rounds: number, baseline: () => Promise<Measured>, candidate: () => Promise<Measured>): Promise<Comparison> {
  const [baselines, candidates]: [Measured[], Measured[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    baselines.push(await baseline());
    candidates.push(await candidate());
  }
  return compared(baselines, candidates);
}

export function compared(baselines: readonly Measured[], candidates: readonly Measured[]): Comparison {
  const values = (all: readonly Measured[]): number[] => all.map(({ value }) => value);
  return {
    ratio: spreadOf(candidates.map(({ value }, i) => value / baselines[i]!.value)),
    candidate: spreadOf(values(candidates)),
    baseline: spreadOf(values(baselines)),
    void: faultOf([...baselines, ...candidates]),
    raw: { baselines, candidates },
  };
}

export function faultOf(all: readonly Measured[]): string | null {
  return all.find(({ fault }) => fault !== null)?.fault ?? null;
}

/** Measures the same thing `rounds` times. */
export async function repeated(rounds: number, measure: () => Promise<Measured>): Promise<Measured[]> {
  const all: Measured[] = [];
  for (let round = 0; round < rounds; round++) all.push(await measure());
  return all;
}
