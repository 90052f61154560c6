import { dayOf, earlierDay, laterDay, type Day } from './day.js';

export type ContractStatus =
  | 'created' | 'amended' | 'agreed' | 'extended' | 'cancel_scheduled' | 'cancel_withdrawn' | 'cancelled' | 'renewed' | 'lost';

/** One line of the contract ledger: what a `contract` signal said. Entries are added and never edited. */
export interface ContractEntry {
  /** Id of the signal; unique per source. */
  readonly id: string;
  readonly sourceId: string;
  readonly contractId: string;
  readonly status: ContractStatus;
  readonly startsOn: Day;
  /** Last day of the term; null: open-ended. */
  readonly endsOn: Day | null;
  readonly arrMinor: number;
  readonly currency: string;
  /** Null here and below: not said, so what held before still holds. */
  readonly seats: number | null;
  readonly noticeDays: number | null;
  readonly autoRenew: boolean | null;
  readonly product: string | null;
  /** The day named by the producer; see `effectiveDay` for what holds without one. */
  readonly effectiveOn: Day | null;
  readonly reason: string | null;
  readonly controllable: boolean | null;
  /** RFC 3339 in UTC with milliseconds, so that instants compare as text. */
  readonly occurredAt: string;
}

/** Entries that open or change a term; the others say what becomes of one. */
export function setsTerm(entry: ContractEntry): boolean {
  return entry.status === 'created' || entry.status === 'renewed' || entry.status === 'amended' || entry.status === 'extended';
}

/**
 * The day from which an entry holds. A new term holds from its start, a change from the day it was told
 * (never before the term starts). Notices and signatures hold from the day they were given: a cancellation
 * told today for the term's end is a notice of today.
 */
export function effectiveDay(entry: ContractEntry): Day {
  const told = dayOf(entry.occurredAt);
  switch (entry.status) {
    case 'created':
    case 'renewed':
      return entry.effectiveOn === null ? entry.startsOn : laterDay(entry.effectiveOn, entry.startsOn);
    case 'amended':
    case 'extended':
      return entry.effectiveOn ?? laterDay(told, entry.startsOn);
    default:
      return entry.effectiveOn === null ? told : earlierDay(entry.effectiveOn, told);
  }
}

/** Ledger order: effective day, then when it occurred, then id. It does not depend on the order of arrival. */
export function inLedgerOrder(entries: readonly ContractEntry[]): ContractEntry[] {
  const keyed = entries.map((entry) => ({ entry, day: effectiveDay(entry) }));
  keyed.sort(
    (a, b) => compare(a.day, b.day) || compare(a.entry.occurredAt, b.entry.occurredAt) || compare(a.entry.id, b.entry.id) || compare(a.entry.sourceId, b.entry.sourceId),
  );
  return keyed.map(({ entry }) => entry);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
