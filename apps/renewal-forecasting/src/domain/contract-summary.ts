import { arrOn } from './arr.js';
import { inLedgerOrder, type ContractEntry } from './contract-entry.js';
import { contractTimeline, valuesOn } from './contract-terms.js';
import type { Day } from './day.js';

/** A contract as it stands on a day. */
export interface ContractSummary {
  /** In ledger order. */
  readonly entries: readonly ContractEntry[];
  /** ARR on the day, minor units. */
  readonly arrMinor: number;
  readonly currency: string;
  /** The term of the day, else the last before it, else the first to come; null where nothing opened one. */
  readonly startsOn: Day | null;
  readonly endsOn: Day | null;
  readonly seats: number | null;
  readonly autoRenew: boolean;
  readonly noticeDays: number;
}

/** What a contract is on a day, from its whole ledger (at least one entry). */
export function contractOn(contractId: string, ledger: readonly ContractEntry[], day: Day): ContractSummary {
  const timeline = contractTimeline(contractId, ledger, day);
  const term = timeline.terms.findLast(({ startsOn }) => startsOn <= day) ?? timeline.terms[0];
  const values = valuesOn(timeline.values, day);
  return {
    entries: inLedgerOrder(ledger),
    arrMinor: arrOn(timeline, day),
    currency: values?.currency ?? ledger[0]!.currency,
    startsOn: term?.startsOn ?? null,
    endsOn: term?.endsOn ?? null,
    seats: values?.seats ?? null,
    autoRenew: values?.autoRenew ?? false,
    noticeDays: values?.noticeDays ?? 0,
  };
}
