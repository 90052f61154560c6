import type { Transaction } from '@perennial/persistence/transaction';
import type { RejectedEvent } from '../domain/hooks/hook-source.js';
import type { ItemFault } from '../domain/item-fault.js';

/** An item of a known sender that could not be taken, as `GET /api/v1/rejected` lists it. */
export interface Rejected {
  readonly id: string;
  readonly sourceId: string;
  readonly receivedAt: Date;
  readonly code: string;
  readonly pointer: string | null;
  readonly detail: string;
  /** JSON text. */
  readonly payload: string;
  /** `expired`: its payload was erased, so nobody can replay it. `dismissed`: nobody means to; by its id it can still be. */
  readonly state: 'open' | 'replayed' | 'expired' | 'dismissed';
  /** Who it can be read as; null: it was no item but a whole body, or nobody noted it. */
  readonly vendor: string | null;
  readonly call: string | null;
  readonly sentAt: string | null;
  /** The payload is a webhook's event, to be mapped again; null: it is an item of a client. */
  readonly event: RejectedEvent | null;
  /** When it was replayed, dismissed or erased. */
  readonly settledAt: Date | null;
}

/** Which rejected items; what is null does not matter. Times are inclusive. */
export interface RejectedFilter {
  /** With all that this source names as parts of itself. */
  readonly sourceId: string | null;
  readonly code: string | null;
  readonly state: Rejected['state'] | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** Some of the rows that were asked for: a page ends early where its payloads are large. At least one, where there is any. */
export interface RejectedPage {
  readonly rows: readonly Rejected[];
  /** Those that fit and found no room, in order, as far as was asked. */
  readonly left: readonly string[];
}

export abstract class RejectedStore {
  abstract add(tx: Transaction, rejected: readonly Rejected[]): Promise<void>;
  /** Newest first. */
  abstract list(filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<RejectedPage>;
  abstract find(id: string): Promise<Rejected | null>;
  /** Those of `ids` that are open or dismissed, for this transaction alone. */
  abstract claim(tx: Transaction, ids: readonly string[]): Promise<RejectedPage>;
  /** Open ones that fit, oldest first, for this transaction alone. */
  abstract claimSome(tx: Transaction, filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<RejectedPage>;
  abstract replayed(tx: Transaction, ids: readonly string[], at: Date): Promise<void>;
  /** Open ones, oldest first: of `ids`, or those that fit; how many. */
  abstract dismiss(which: readonly string[] | RejectedFilter, limit: number, at: Date): Promise<number>;
  /** They stay as they are, for these reasons now. */
  abstract refusedAgain(tx: Transaction, refused: readonly { readonly id: string; readonly fault: ItemFault }[]): Promise<void>;
  /** When the oldest was received; null: there is none. */
  abstract oldest(): Promise<Date | null>;
  abstract forgetBefore(instant: Date): Promise<void>;
}
