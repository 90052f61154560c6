import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import type { HookSettings } from './hook-settings.js';

/** A webhook call as it came in. Names of headers are in lower case; of several equal ones the first counts. */
export interface HookRequest {
  readonly method: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Absolute addresses, with query, under which the sender may know this endpoint. */
  readonly urls: readonly string[];
}

/** What a call shows to prove where it comes from. */
export interface Signed {
  readonly signatures: readonly string[];
  /** When it was signed, ms; null: the scheme signs no time; NaN: it cannot be read. */
  readonly signedAt: number | null;
  /** What was signed; one of these. */
  readonly texts: readonly (readonly (string | Uint8Array)[])[];
}

/** A keyed hash over the call. */
export interface HmacScheme {
  readonly kind: 'hmac';
  readonly hash: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** `whsec`: Standard Webhooks' form of a key, base64 behind `whsec_`. */
  readonly key: 'text' | 'whsec';
  /** What must be there, for people. */
  readonly shows: string;
  /** How far its time may lie from ours; null: it signs none. */
  readonly toleranceSeconds: number | null;
  /** Null: it shows nothing. */
  read(request: HookRequest): Signed | null;
}

/** The secret itself, sent along. */
export interface SharedSecretScheme {
  readonly kind: 'shared-secret';
  readonly shows: string;
  read(request: HookRequest): readonly string[];
}

/** What a token says, beside what the call is. */
export interface TokenFacts {
  readonly claims: Item;
  readonly bodySha256: string;
  readonly body: string;
  readonly urls: readonly string[];
}

/** An RS256 token, verified with the sender's public key. */
export interface TokenScheme {
  readonly kind: 'token';
  readonly shows: string;
  read(request: HookRequest): string | null;
  /** What the token does not vouch for in this call; null: it is about this one. */
  faultOf(facts: TokenFacts): string | null;
}

/** How calls are checked, by the kind of secret that the endpoint holds. */
export interface Checks {
  readonly secret?: HmacScheme | SharedSecretScheme;
  readonly publicKey?: TokenScheme;
}

/** One event of a call. */
export interface HookEvent {
  /** Under which the sender repeats it; null: it has none, the call's content stands for it. */
  readonly id: string | null;
  readonly type: string;
  readonly body: Item;
}

/** What it takes to map a refused event again as it would have been mapped at first. */
export interface RejectedEvent {
  /** From which the ids of its signals are made. */
  readonly id: string;
  readonly type: string;
  /** Ids of those of its signals that had no fault and were taken. */
  readonly taken: readonly string[];
}

/** What the page about a source says. */
export interface HookPage {
  /** Events that become signals, and which ones. */
  readonly events: readonly (readonly [event: string, signal: string])[];
  /** Where the account is read from when no setting says otherwise. */
  readonly account: string;
  /** How to set it up, step by step; `{url}` is the endpoint's address. */
  readonly setUp: readonly string[];
  /** What the mapping and the check were held against. */
  readonly checkedAgainst: string;
  /** What the sender leaves out. */
  readonly thin?: string;
}

/**
 * Everything there is to know about a business system that calls us. Pure: the edge checks and reads its calls
 * from this one value. A new one is a module like `zendesk.ts` and a line in `hook-sources.ts`.
 */
export interface HookSource {
  /** As it stands in the address, and as the source's type. */
  readonly name: string;
  readonly title: string;
  /** Who makes up the secret: we may where the sender takes any. */
  readonly secretFrom: 'us' | 'them';
  /** Settings that mean something to it, beside those that all have. */
  readonly settings: readonly (keyof HookSettings)[];
  checks(settings: HookSettings): Checks;
  /** The events of a checked call. */
  eventsOf(request: HookRequest): readonly HookEvent[] | ItemFault;
  /** What an event says; none: nothing for us. Throws nothing, whatever the event holds. */
  signalsOf(event: HookEvent, settings: HookSettings): readonly SignalInput[] | ItemFault;
  /** What the sender must be answered; null, or without it: anything will do. */
  acknowledge?(request: HookRequest): { readonly type: string; readonly body: string } | null;
  readonly page: HookPage;
}

export const isFault = (value: object): value is ItemFault => 'code' in value;
