import { inLedgerOrder, setsTerm, effectiveDay, type ContractEntry } from './contract-entry.js';
import { addDays, laterDay, type Day } from './day.js';
import { foldSignedTerms, type ContractValues, type SignedLedger, type SignedTerm } from './signed-terms.js';
import { noStanding, withMark, type Standing } from './standing.js';
import { followingTerm } from './term-length.js';

/** One term of a contract as it stands on a day. */
export interface Term {
  readonly startsOn: Day;
  /** Last day; null: open-ended and no notice given. */
  readonly endsOn: Day | null;
  readonly formerEnds: readonly Day[];
  /** `implied`: nobody signed it, the term before renewed by itself or by its signature. */
  readonly origin: 'signed' | 'implied';
  /** When a signed one was first spoken of; null: it followed by itself. */
  readonly toldOn: Day | null;
  readonly standing: Standing;
  /** The last day on which the customer can still say no; null without an end. */
  readonly noticeOn: Day | null;
  /** Renews by itself at its end unless notice was given by `noticeOn`. */
  readonly autoRenew: boolean;
  /** Notice that binds this term (given in time where the term renews by itself). */
  readonly noticeInForce: boolean;
  /** True when it is followed by a term that nobody signs: agreed on, or renewing by itself. */
  readonly goesOn: boolean;
}

/** A contract's terms up to a day, in order, and its values over time. */
export interface ContractTimeline {
  readonly contractId: string;
  readonly terms: readonly Term[];
  readonly values: readonly ContractValues[];
}

/** Implied terms unrolled per signed term: over a hundred years of monthly terms. */
const impliedTermsAtMost = 1_500;

/**
 * The terms of one contract as known from its ledger, unrolled to `today`: signed terms (also those that
 * start later) and those that followed by themselves. Entries may come in any order.
 */
export function contractTimeline(contractId: string, entries: readonly ContractEntry[], today: Day): ContractTimeline {
  const ordered = inLedgerOrder(entries);
  const signed = foldSignedTerms(ordered.filter(setsTerm));
  const marks = ordered.filter((entry) => !setsTerm(entry));
  return new Unrolling(contractId, signed, marks, today).run();
}

/** Values in force on `day`: those of the last change by then, else of the first one to come. */
export function valuesOn(values: readonly ContractValues[], day: Day): ContractValues | undefined {
  return values.findLast((change) => change.from <= day) ?? values[0];
}

class Unrolling {
  private readonly terms: Term[] = [];
  private readonly values: ContractValues[];
  /** Entries about terms that no term has taken yet. */
  private marks: ContractEntry[];
  private carried: Standing = noStanding;

  constructor(
    private readonly contractId: string,
    private readonly signed: SignedLedger,
    marks: readonly ContractEntry[],
    private readonly today: Day,
  ) {
    this.values = [...signed.values];
    this.marks = [...marks];
  }

  run(): ContractTimeline {
    this.signed.terms.forEach((term, index) => this.unroll(term, this.signed.terms[index + 1]));
    return { contractId: this.contractId, terms: this.terms, values: this.values };
  }

  /** A signed term and what follows it by itself before the next signed one starts. */
  private unroll(signed: SignedTerm, next: SignedTerm | undefined): void {
    let term = this.place({ ...signed, origin: 'signed' }, next);
    let anchor: Pick<SignedTerm, 'startsOn' | 'endsOn'> = signed;
    for (let step = 1, terms = 0; terms < impliedTermsAtMost; step++, terms++) {
      if (term.endsOn === null || term.endsOn >= this.today || !term.goesOn) return;
      const agreed = term.standing.agreed;
      const follower = agreed && describesNextTerm(agreed, term) ? agreed : followingTerm(anchor.startsOn, anchor.endsOn ?? term.endsOn, step);
      if (next && follower.startsOn >= next.startsOn) return;
      if (agreed) {
        this.agreedValues(agreed, follower.startsOn);
        anchor = { startsOn: follower.startsOn, endsOn: follower.endsOn };
        step = 0;
      }
      term = this.place({ startsOn: follower.startsOn, endsOn: follower.endsOn, formerEnds: [], toldOn: null, origin: 'implied' }, next);
    }
  }

  private place(signed: Pick<Term, 'startsOn' | 'endsOn' | 'formerEnds' | 'toldOn' | 'origin'>, next: SignedTerm | undefined): Term {
    const values = valuesOn(this.values, signed.endsOn ?? this.today);
    const noticeDays = values?.noticeDays ?? 0;
    const autoRenew = signed.endsOn !== null && (values?.autoRenew ?? false);
    const lastDayForNotice = signed.endsOn === null ? null : addDays(signed.endsOn, -noticeDays);
    const inTime = (notice: Standing['notice']) => notice !== null && (!autoRenew || lastDayForNotice === null || notice.day <= lastDayForNotice);
    const goesOn = (standing: Standing) => !standing.lost && !standing.ended && !inTime(standing.notice) && (standing.agreed !== null || autoRenew);

    const standing = this.standingOf(signed.endsOn, next, goesOn);
    const endsOn = signed.endsOn ?? endOfOpenEnded(standing, noticeDays);
    const noticeInForce = inTime(standing.notice);
    const term: Term = { ...signed, endsOn, standing, noticeOn: lastDayForNotice ?? endsOn, autoRenew, noticeInForce, goesOn: goesOn(standing) };
    // Notice after the last day for it: the term renews, and the notice holds for the next one.
    this.carried = standing.notice !== null && !noticeInForce ? { ...noStanding, notice: standing.notice } : noStanding;
    this.terms.push(term);
    return term;
  }

  /** Takes the entries about the term that ends on `endsOn`, in order. */
  private standingOf(endsOn: Day | null, next: SignedTerm | undefined, goesOn: (standing: Standing) => boolean): Standing {
    let standing = this.carried;
    const left: ContractEntry[] = [];
    for (const mark of this.marks) {
      if (belongsTo(mark, endsOn, next, goesOn(standing))) standing = withMark(standing, mark);
      else left.push(mark);
    }
    this.marks = left;
    return standing;
  }

  private agreedValues(agreed: ContractEntry, from: Day): void {
    const before = valuesOn(this.values, from);
    const change: ContractValues = {
      from,
      arrMinor: agreed.arrMinor,
      currency: agreed.currency,
      seats: agreed.seats ?? before?.seats ?? null,
      noticeDays: agreed.noticeDays ?? before?.noticeDays ?? 0,
      autoRenew: agreed.autoRenew ?? before?.autoRenew ?? false,
      product: agreed.product ?? before?.product ?? null,
    };
    const at = this.values.findIndex((value) => value.from > from);
    this.values.splice(at === -1 ? this.values.length : at, 0, change);
  }
}

/** A signature may carry the dates of the term that runs or of the one agreed on. */
function describesNextTerm(agreed: ContractEntry, term: Term): boolean {
  return term.endsOn !== null && agreed.startsOn > term.startsOn && agreed.startsOn >= term.endsOn;
}

/**
 * An entry is about the first term that had not ended when it was told (one that nothing follows stays
 * open to late word), unless it names the dates of a later signed term.
 */
function belongsTo(mark: ContractEntry, endsOn: Day | null, next: SignedTerm | undefined, goesOn: boolean): boolean {
  const told = effectiveDay(mark);
  if (next && told >= next.startsOn) return false;
  if (endsOn === null) return true;
  if (next && mark.endsOn !== null && mark.endsOn > endsOn && mark.startsOn >= next.startsOn) return false;
  return told <= endsOn || !goesOn;
}

/** An open-ended contract has an end once notice is given, or once it is cancelled. */
function endOfOpenEnded(standing: Standing, noticeDays: number): Day | null {
  if (standing.ended) return standing.ended.from;
  if (standing.lost) return effectiveDay(standing.lost);
  if (standing.notice === null) return null;
  const { entry, day } = standing.notice;
  return entry.effectiveOn === null ? addDays(day, noticeDays) : laterDay(entry.effectiveOn, day);
}
