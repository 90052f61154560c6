/** A measure that could change. Basis points. */
export interface Candidate {
  readonly id: string;
  readonly weight: number;
  /** Null: there is no data, it does not count yet. */
  readonly fromBp: number | null;
  /** What it is worth at its best. */
  readonly mostBp: number;
  /** What it has to be worth where it is chosen for its freshness, or that reason, alone. */
  readonly restBp: number;
  /** It counts as fresh already. */
  readonly isFresh: boolean;
  /** Chosen whatever else is, for a reason of its own. */
  readonly mustChange: boolean;
}

export interface Chosen {
  readonly candidate: Candidate;
  /** At least. */
  readonly toBp: number;
}

export interface Target {
  /** Weighted mean of all that counts. */
  readonly targetBp: number;
  /** Share of the weight that is fresh. */
  readonly coverage: number;
}

/** Sets looked at, once one that does is known: with more measures than any scorecard has today, fewest stays exact and least is the best found. */
const mostSets = 2_000;

/**
 * The fewest of the candidates (all measures that apply) whose change reaches the target, and of those sets the one with the least
 * points to gain: the heaviest measures go first, since a point of them moves most. Null where no set does; empty where nothing is needed.
 */
export function smallestSet(candidates: readonly Candidate[], { targetBp, coverage }: Target): Chosen[] | null {
  const search = new Search(candidates, targetBp, coverage);
  for (let size = candidates.filter(({ mustChange }) => mustChange).length; size <= candidates.length; size += 1) {
    const found = search.ofSize(size);
    if (found !== null) return found.sort((a, b) => candidates.indexOf(a.candidate) - candidates.indexOf(b.candidate));
  }
  return null;
}

class Search {
  /** Most useful first. */
  private readonly sorted: readonly Candidate[];
  private readonly gains: readonly number[];
  /** Weighted points, and weight, that are wanting. */
  private readonly wanting: number;
  private readonly stale: number;
  private readonly meanBp: number;
  private best: { cost: number; chosen: Chosen[] } | null = null;
  private sets = 0;

  constructor(candidates: readonly Candidate[], private readonly targetBp: number, coverage: number) {
    const counted = candidates.filter(({ fromBp }) => fromBp !== null);
    const weight = counted.reduce((sum, one) => sum + one.weight, 0);
    const sum = counted.reduce((total, one) => total + one.weight * (one.fromBp ?? 0), 0);
    this.meanBp = weight === 0 ? targetBp : sum / weight;
    this.wanting = targetBp * weight - sum;
    const all = candidates.reduce((total, one) => total + one.weight, 0);
    this.stale = coverage * all - candidates.reduce((total, one) => total + (one.isFresh ? one.weight : 0), 0) - 1e-9;
    this.sorted = [...candidates].sort((a, b) => this.worth(b, b.mostBp) - this.worth(a, a.mostBp));
    this.gains = candidates.map((one) => (one.isFresh ? 0 : one.weight)).sort((a, b) => b - a);
  }

  ofSize(size: number): Chosen[] | null {
    this.best = null;
    this.sets = 0;
    const chosen = this.sorted.filter(({ mustChange }) => mustChange);
    const fresh = chosen.reduce((sum, one) => sum + (one.isFresh ? 0 : one.weight), 0);
    this.choose(0, size - chosen.length, chosen, chosen.reduce((sum, one) => sum + this.worth(one, one.mostBp), 0), fresh);
    return this.best === null ? null : (this.best as { chosen: Chosen[] }).chosen;
  }

  /** Weighted points that it adds towards the target; where it does not count yet, what lies at the target adds nothing. */
  private worth({ weight, fromBp }: Candidate, toBp: number): number {
    return weight * (toBp - (fromBp ?? this.targetBp));
  }

  private choose(from: number, left: number, taken: readonly Candidate[], worth: number, fresh: number): void {
    if (this.sets > mostSets && this.best !== null) return;
    if (left === 0) {
      if (worth >= this.wanting && fresh >= this.stale) this.weigh(taken);
      return;
    }
    if (from + left > this.sorted.length) return;
    // Not even the best of what is left would do.
    const atBest = this.sorted.slice(from, from + left).reduce((sum, one) => sum + this.worth(one, one.mostBp), worth);
    if (atBest < this.wanting || this.gains.slice(0, left).reduce((sum, gain) => sum + gain, fresh) < this.stale) return;
    const next = this.sorted[from]!;
    if (next.mustChange) return this.choose(from + 1, left, taken, worth, fresh);
    this.choose(from + 1, left - 1, [...taken, next], worth + this.worth(next, next.mostBp), fresh + (next.isFresh ? 0 : next.weight));
    this.choose(from + 1, left, taken, worth, fresh);
  }

  private weigh(taken: readonly Candidate[]): void {
    this.sets += 1;
    let need = taken.reduce((left, one) => left - this.worth(one, one.restBp), this.wanting);
    let cost = 0;
    const chosen = [...taken].sort((a, b) => b.weight - a.weight).map((candidate) => {
      const more = Math.min(candidate.mostBp - candidate.restBp, Math.max(0, Math.ceil(need / candidate.weight - 1e-9)));
      need -= more * candidate.weight;
      const toBp = candidate.restBp + more;
      cost += toBp - (candidate.fromBp ?? this.meanBp);
      return { candidate, toBp };
    });
    if (this.best === null || cost < this.best.cost) this.best = { cost, chosen };
  }
}
