import type { SignalData, SignalKind } from '@perennial/contracts/signal';
import type { Role } from '../contact.js';
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
  /** The role a mapping rule gives its person at the account. */
  readonly role?: Role;
  readonly signal: { readonly [K in SignalKind]: { readonly kind: K; readonly data: SignalData[K] } }[SignalKind] | null;
}

/** JSON beside its text, which still shows names that parsing merged. */
export interface ReadJson<Value = unknown> {
  readonly value: Value;
  readonly text: string;
}

/** A request as a client sent it. Header names are in lower case; the first of several equal names counts. */
export interface VendorRequest {
  /** The body, unpacked. */
  readonly bytes: Uint8Array;
  /** The Content-Type it came with, in lower case and without parameters; SDKs lie in it. */
  readonly contentType: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body, or another text of the request, as JSON. */
  readonly json: (text?: string) => ReadJson | ItemFault;
}

/** What became of one item. */
export interface ItemResult {
  /** The item's own id, or the one it was given; null: refused and without one. */
  readonly id: string | null;
  readonly fault: ItemFault | null;
}

/** What a client is told. A body that is neither text nor bytes is sent as JSON. */
export interface Answer {
  readonly status?: 200 | 400;
  readonly type?: string;
  readonly body: unknown;
}

/** One address of a vendor. */
export interface VendorPath {
  readonly path: string;
  /** POST where nothing is said. */
  readonly method?: 'GET' | 'POST';
  /** The call its body makes; null: the body holds many items, each with the call that `itemsOf` finds. */
  readonly call: string | null;
  /** Reads the body, as an object that holds the items of a batch in `itemsField`; without it the body is JSON. */
  decode?(request: VendorRequest): ReadJson | ItemFault;
  /** The answer; without it a 200 with the vendor's `success`. */
  answer?(results: readonly ItemResult[], request: VendorRequest): Answer;
  /** What a sender above its limit of requests is answered, where that is not 429. */
  readonly busyStatus?: 503;
}

/** Where a browser's SDK asks before it sends anything. */
export interface VendorSettings {
  /** Holds `:writeKey`, or the key stands in the query or in the Authorization header. */
  readonly path: string;
  /** `host` and `protocol` are those that were asked; null: they cannot be repeated. */
  readonly body: (writeKey: string, address: { readonly host: string; readonly protocol: 'http' | 'https' } | null) => unknown;
}

/**
 * Everything there is to know about a vendor's SDK. Pure: the edge serves its paths and the consumer reads
 * its calls from this one value. A new vendor is one module like this and one line in `vendors.ts`.
 */
export interface Vendor {
  readonly name: string;
  readonly paths: readonly VendorPath[];
  readonly settings?: readonly VendorSettings[];
  readonly limits: { readonly itemBytes: number; readonly batchBytes: number; readonly batchItems: number };
  /** Status of a refusal because of size or number: what the vendor's clients do not try again, or cut in half. */
  readonly tooLargeStatus: 400 | 413;
  /** Body of a 200. */
  readonly success: unknown;
  /**
   * On an address that other vendors serve too: whether this vendor's client sent the request. `body` is null
   * where it cannot be read. Vendors are asked in the order of `vendors.ts`; the last takes what is left.
   */
  sent?(request: VendorRequest, body: Item | null): boolean;
  /** The write keys a request carries outside of its Authorization header; they must all be one. */
  keysIn(body: Item, query: Readonly<Record<string, string>>): readonly unknown[];
  /** The vendor's own words for a refusal; without it problem details. */
  refusal?(status: number, fault: ItemFault): { readonly status: number; readonly body: unknown };
  /** Field of a batch body that holds its items. */
  readonly itemsField: string;
  /** Id under which the sender repeats an item; null: it has none. */
  idOf(item: Item): string | null;
  /** The part of its sender that an item names as its source; null: none. The item may be anything. */
  partOf(item: unknown): string | null;
  /** What stays in order: the items of one person. An item that can be taken. */
  topicKeyOf(item: Item): string;
  /** The items of a batch body with the call each makes; a fault when it is no batch. */
  itemsOf(body: Item): readonly { readonly call: string; readonly item: unknown }[] | ItemFault;
  /** When the request left, by its sender's clock (ISO 8601); null: it does not say, or the item's time is not to be corrected. */
  sentAtOf(body: Item, item: Item): string | null;
  /** What is wrong with an item; null: it can be taken. `receivedAt` in ms. */
  faultOf(call: string, item: Item, sentAt: string | null, receivedAt: number, rules: SignalRules): ItemFault | null;
  /** Reads an item that has no fault. */
  meaningOf(call: string, item: Item): Meaning;
  /** What a repetition of the same item may change: left out when two are compared. */
  readonly transportFields: readonly string[];
}
