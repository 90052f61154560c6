import { effectiveDay, type ContractEntry } from './contract-entry.js';
import { dayOf, earlierDay, type Day } from './day.js';

/** A term somebody signed. */
export interface SignedTerm {
  readonly startsOn: Day;
  /** Last day of the term; null: open-ended. */
  readonly endsOn: Day | null;
  /** Ends it had before it was extended, oldest first. */
  readonly formerEnds: readonly Day[];
  /** When it was first spoken of. */
  readonly toldOn: Day;
}

/** Commercial values of a contract from a day on, until the next change. */
export interface ContractValues {
  readonly from: Day;
  readonly arrMinor: number;
  readonly currency: string;
  readonly seats: number | null;
  readonly noticeDays: number;
  readonly autoRenew: boolean;
  readonly product: string | null;
}

export interface SignedLedger {
  /** By start. */
  readonly terms: readonly SignedTerm[];
  /** By `from`; of two with the same day the later in the list holds. */
  readonly values: readonly ContractValues[];
}

/**
 * Folds the term-setting entries of one contract, given in ledger order. `created` and `renewed` open a
 * term; so does a change that describes one wholly before or after the one running (the current term of a
 * contract that renewed by itself). All else changes the term that was running on its effective day.
 */
export function foldSignedTerms(entries: readonly ContractEntry[]): SignedLedger {
  const terms: SignedTerm[] = [];
  const values: ContractValues[] = [];
  for (const entry of entries) {
    values.push(valuesFrom(entry, values.at(-1)));
    const at = termOf(entry, terms);
    const toldOn = dayOf(entry.occurredAt);
    if (at === -1) {
      terms.push({ startsOn: entry.startsOn, endsOn: entry.endsOn, formerEnds: [], toldOn });
      terms.sort((a, b) => (a.startsOn < b.startsOn ? -1 : 1));
    } else {
      terms[at] = { ...withEnd(terms[at]!, entry.endsOn), toldOn: earlierDay(terms[at]!.toldOn, toldOn) };
    }
  }
  return { terms, values };
}

/** Index of the term an entry changes, -1 when it opens one. */
function termOf(entry: ContractEntry, terms: readonly SignedTerm[]): number {
  const sameStart = terms.findIndex((term) => term.startsOn === entry.startsOn);
  if (sameStart !== -1 || terms.length === 0) return sameStart;
  if (entry.status === 'renewed') return -1;
  const day = effectiveDay(entry);
  const running = Math.max(0, terms.findLastIndex((term) => term.startsOn <= day));
  const { startsOn, endsOn } = terms[running]!;
  const describesAnother = (endsOn !== null && entry.startsOn > endsOn) || (entry.endsOn !== null && entry.endsOn < startsOn);
  return describesAnother ? -1 : running;
}

function withEnd(term: SignedTerm, endsOn: Day | null): Omit<SignedTerm, 'toldOn'> {
  if (term.endsOn === endsOn) return term;
  const lengthened = term.endsOn !== null && (endsOn === null || endsOn > term.endsOn);
  const kept = term.formerEnds.filter((end) => endsOn === null || end < endsOn);
  return { startsOn: term.startsOn, endsOn, formerEnds: lengthened ? [...kept, term.endsOn] : kept };
}

function valuesFrom(entry: ContractEntry, before: ContractValues | undefined): ContractValues {
  return {
    from: effectiveDay(entry),
    arrMinor: entry.arrMinor,
    currency: entry.currency,
    seats: entry.seats ?? before?.seats ?? null,
    noticeDays: entry.noticeDays ?? before?.noticeDays ?? 0,
    autoRenew: entry.autoRenew ?? before?.autoRenew ?? false,
    product: entry.product ?? before?.product ?? null,
  };
}
