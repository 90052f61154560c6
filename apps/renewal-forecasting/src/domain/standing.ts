import { effectiveDay, type ContractEntry } from './contract-entry.js';
import { dayOf, type Day } from './day.js';

/** What was said about one term: notice given, renewal signed, contract ended. */
export interface Standing {
  /** The notice in force and the day it was given. */
  readonly notice: { readonly day: Day; readonly entry: ContractEntry } | null;
  /** The signature for the next term. */
  readonly agreed: ContractEntry | null;
  /** The contract no longer runs from this day on (`cancelled`). */
  readonly ended: { readonly from: Day; readonly entry: ContractEntry } | null;
  readonly lost: ContractEntry | null;
}

export const noStanding: Standing = { notice: null, agreed: null, ended: null, lost: null };

/** Applies one entry that does not set a term; the newest word holds. */
export function withMark(standing: Standing, mark: ContractEntry): Standing {
  switch (mark.status) {
    case 'cancel_scheduled':
      return { ...standing, notice: { day: effectiveDay(mark), entry: mark }, agreed: null };
    case 'cancel_withdrawn':
      return { ...noStanding, agreed: standing.agreed };
    case 'agreed':
      return { ...noStanding, agreed: mark };
    case 'cancelled':
      return { ...standing, ended: { from: mark.effectiveOn ?? dayOf(mark.occurredAt), entry: mark } };
    case 'lost':
      return { ...standing, lost: mark };
    default:
      return standing;
  }
}
