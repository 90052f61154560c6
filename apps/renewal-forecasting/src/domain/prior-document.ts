/**
 * What is believed about renewing before any outcome is known here: every number of the `scorecard` method
 * (see `scorecard.ts`) stands in such a document. Weights and shifts are log-odds.
 */
export interface PriorDocument {
  readonly id: string;
  readonly revision: number;
  /** The company's renewal rate per term, by term length: the first entry that is long enough holds. */
  readonly baseByTermLength: readonly { readonly upToDays: number | null; readonly probability: number }[];
  readonly goals: {
    /** Classes of weighted attainment, best first; the first whose `from` is reached holds. */
    readonly classes: readonly GoalClass[];
    /** Days after which what goals say counts half. */
    readonly halfLifeDays: number;
    /** A target lowered within so many days of its date is scored against the one before. */
    readonly targetFrozenDays: number;
    /** Milestones of these phases count as goals, met (1) or missed (0), with this weight. */
    readonly milestonePhases: readonly string[];
    readonly milestoneWeight: number;
    readonly unmeasuredLabel: string;
  };
  /** Of each group the worst weight that applies counts. */
  readonly indicatorGroups: Readonly<Record<string, readonly IndicatorWeight[]>>;
  /** Log-odds by the CSM's pulse, a group of its own. */
  readonly pulse: Readonly<Partial<Record<number, number>>>;
  /** Probabilities that follow from the renewal's state alone. */
  readonly states: { readonly churnNotified: number; readonly autoRenewPastNotice: number; readonly agreed: number };
  /** Probabilities are published within these bounds. */
  readonly publishedWithin: { readonly least: number; readonly most: number };
}

export interface GoalClass {
  readonly id: string;
  readonly label: string;
  /** Least attainment; null: everything below the classes before. */
  readonly from: number | null;
  /** Start at this probability, or shift the base by so much. */
  readonly start: { readonly probability: number } | { readonly shift: number };
}

export interface IndicatorWeight {
  /** Kind of a health indicator. */
  readonly kind: string;
  /** Null: severe or not. */
  readonly severe: boolean | null;
  readonly logOdds: number;
}

/** The same document with the company's own renewal rates; null keeps the shipped one. */
export function withOwnRates(document: PriorDocument, rates: { readonly shortTerm: number | null; readonly longTerm: number | null }): PriorDocument {
  const own = (entry: PriorDocument['baseByTermLength'][number]) => {
    const rate = entry.upToDays === null ? rates.longTerm : rates.shortTerm;
    return rate === null ? entry : { ...entry, probability: rate };
  };
  return { ...document, baseByTermLength: document.baseByTermLength.map(own) };
}
