import type { SignalData, SignalKind } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { SignalRules } from '../signal-rules.js';

/** An item as a vendor's SDK sent it: a JSON object that passed `structureFault`. */
export type Item = Readonly<Record<string, unknown>>;

/** What a call says, in our words. Times in ms by the sender's clock; keys as in `identifiers.ts`. */
export interface Meaning {
  /** Id under which the sender repeats it; null: it has none. */
  readonly messageId: string | null;
  readonly original: number | null;
  /** Who it is about: the product's user, the visitor's browser, or both. */
  readonly person: string | null;
  readonly anonymous: string | null;
  /** The account it names itself; null: the person's account. */
  readonly accountId: string | null;
  /** False: it speaks of the person at that account and says nothing about where they are now; `if_unplaced`: it only counts where nothing else is known. */
  readonly movesPerson?: false | 'if_unplaced';
  /** `alias`: these keys are the same person from now on. */
  readonly formerly: readonly string[];
  /** `group`: what it says about the account. */
  readonly accountTraits: Readonly<Record<string, unknown>> | null;
  readonly product: string | null;
  /** A `person` signal that says `updated` but is the first one about this contact is to say `created`. */
  readonly mayCreate: boolean;
  readonly signal: { readonly [K in SignalKind]: { readonly kind: K; readonly data: SignalData[K] } }[SignalKind] | null;
}

/** One path of a vendor: `batch` bodies hold many items, the others are one. */
export interface VendorPath {
  readonly path: string;
  readonly call: string | null;
}

/**
 * Everything there is to know about a vendor's SDK. Pure: the edge serves its paths and the consumer reads
 * its calls from this one value. A new vendor is one module like this and one line in `vendors.ts`.
 */
export interface Vendor {
  readonly name: string;
  readonly paths: readonly VendorPath[];
  readonly limits: { readonly itemBytes: number; readonly batchBytes: number; readonly batchItems: number };
  /** Status of a refusal because of size: what the vendor's clients do not try again. */
  readonly tooLargeStatus: 400 | 413;
  /** Body of a 200. */
  readonly success: unknown;
  /** The write key a body carries; null: none. */
  keyIn(body: Item): string | null;
  /** Field of a batch body that holds its items. */
  readonly itemsField: string;
  /** Id under which the sender repeats an item; null: it has none. */
  idOf(item: Item): string | null;
  /** The part of its sender that an item names as its source; null: none. The item may be anything. */
  partOf(item: unknown): string | null;
  /** The items of a batch body with the call each makes; a fault when it is no batch. */
  itemsOf(body: Item): readonly { readonly call: string; readonly item: unknown }[] | ItemFault;
  /** When the request left, as it says; null: it does not. */
  sentAtOf(body: Item): string | null;
  /** What is wrong with an item; null: it can be taken. `receivedAt` in ms. */
  faultOf(call: string, item: Item, sentAt: string | null, receivedAt: number, rules: SignalRules): ItemFault | null;
  /** Reads an item that has no fault. */
  meaningOf(call: string, item: Item): Meaning;
  /** What a repetition of the same item may change: left out when two are compared. */
  readonly transportFields: readonly string[];
}
