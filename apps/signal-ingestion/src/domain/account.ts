import type { AccountState } from '@perennial/contracts/account';
import { isNewer, type Stamp, type Stamps } from './latest-wins.js';

/** The fields a person or a system may set; null clears one. */
export interface AccountFields {
  readonly name: string | null;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly lifecycleStage: string | null;
  readonly ownerId: string | null;
  readonly parentId: string | null;
  readonly goLive: string | null;
}

export type AccountChange = { readonly [F in keyof AccountFields]?: AccountFields[F] | undefined } & { readonly traits?: Readonly<Record<string, unknown>> | undefined };

export interface Account extends AccountFields {
  readonly id: string;
  /** Earliest event known of the account, ms. */
  readonly createdAt: number;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly stamps: Stamps;
  /** Imports that run and have touched it; absent: none. */
  readonly importing?: readonly string[];
}

/** An account knows at most this many trait names, removed ones included; more is a client that makes names of values. */
export const maxTraits = 255;

export function newAccount(id: string, createdAt: number): Account {
  return {
    id, createdAt, name: null, segment: null, tier: null, region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, goLive: null,
    traits: {}, stamps: {},
  };
}

const fieldNames = ['name', 'segment', 'tier', 'region', 'country', 'timeZone', 'lifecycleStage', 'ownerId', 'parentId', 'goLive'] as const;
/** Traits of group calls that are fields too. The others are for people to set. */
const traitFields = ['name', 'segment', 'tier', 'region'] as const;

export interface Changed {
  readonly account: Account;
  /** Trait names that found no more room. */
  readonly refused: readonly string[];
}

/** Sets what is given, field by field, where `stamp` is newer than the field's own. The same object when nothing changed. */
export function change(account: Account, given: AccountChange, stamp: Stamp): Changed {
  const values: Record<string, unknown> = {};
  const stamps: Record<string, Stamp> = {};
  for (const field of fieldNames) {
    const value = given[field];
    if (value === undefined || !isNewer(stamp, account.stamps, field)) continue;
    values[field] = value;
    stamps[field] = stamp;
  }
  const traits = new Map(Object.entries(account.traits));
  const refused: string[] = [];
  let known = Object.keys(account.stamps).filter((field) => field.startsWith('traits.')).length;
  for (const [name, value] of Object.entries(given.traits ?? {})) {
    const key = `traits.${name}`;
    if (!isNewer(stamp, account.stamps, key)) continue;
    if (!Object.hasOwn(account.stamps, key) && ++known > maxTraits) {
      refused.push(name);
      continue;
    }
    if (value === null) traits.delete(name);
    else traits.set(name, value);
    stamps[key] = stamp;
  }
  if (Object.keys(stamps).length === 0) return { account, refused };
  return { account: { ...account, ...values, traits: Object.fromEntries(traits), stamps: { ...account.stamps, ...stamps } }, refused };
}

/** What a group call's traits say: all of them as traits, some as fields. */
export function changeOfTraits(traits: Readonly<Record<string, unknown>>): AccountChange {
  const fields: Record<string, string> = {};
  for (const field of traitFields) {
    const value = traits[field];
    if (typeof value === 'string' && value !== '' && value.length <= 200) fields[field] = value;
  }
  return { ...fields, traits };
}

/** The same account, touched by an import that runs: its verdict waits. */
export function marked(account: Account, importId: string): Account {
  return account.importing?.includes(importId) ? account : { ...account, importing: [...(account.importing ?? []), importId] };
}

/** The same account, let go by an import that is over. */
export function unmarked({ importing = [], ...account }: Account, importId: string): Account {
  const left = importing.filter((id) => id !== importId);
  return left.length === 0 ? account : { ...account, importing: left };
}

/** What leads to an account, and what it leads to. */
export interface AccountLinks {
  readonly aliases: string[];
  readonly mergedInto: string | null;
}

/** The account's published state, without its version. */
export function stateOf(account: Account, { aliases, mergedInto }: AccountLinks, stakeholders: AccountState['stakeholders']): Omit<AccountState, 'version'> {
  const { stamps: _, createdAt, importing, ...fields } = account;
  return { ...fields, ...(importing === undefined ? {} : { importing: [...importing] }), aliases, mergedInto, createdAt: new Date(createdAt).toISOString(), stakeholders };
}
