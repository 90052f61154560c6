import { createHash } from 'node:crypto';
import type { AccountState } from '@perennial/contracts/account';
import type { Signal } from '@perennial/contracts/signal';
import { AccountBook } from '@perennial/signal-ingestion/domain/account-book';
import { newAccount, stateOf } from '@perennial/signal-ingestion/domain/account';
import type { Arrival, SignalRecord } from '@perennial/signal-ingestion/domain/arrival';
import { stakeholderOf, stakeholderRank } from '@perennial/signal-ingestion/domain/contact';
import { IdentityMap } from '@perennial/signal-ingestion/domain/identity-map';
import { readMessage } from '@perennial/signal-ingestion/domain/read-message';
import { keysOf, resolveIdentities } from '@perennial/signal-ingestion/domain/resolve-identities';
import { rules, type ReadItem } from './read-item.js';

/** What the accepted items add up to, worked out by one thread from the pure cores alone. */
export interface Expected {
  /** By source and id. */
  readonly signals: ReadonlyMap<string, SignalRecord>;
  /** The accounts' published state, without aliases of versions. */
  readonly accounts: ReadonlyMap<string, Omit<AccountState, 'version'>>;
}

export const signalKey = ({ sourceId, id }: { readonly sourceId: string; readonly id: string }): string => `${sourceId} ${id}`;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** `receivedAt`: when the front door took each item, by `signalKey`; it is the system's word, since no producer can know it. */
export function expected(items: readonly ReadItem[], receivedAt: ReadonlyMap<string, number>): Expected {
  const arrivals = items.map((item, at) => arrivalOf(item, at, receivedAt));
  // People come to their account first: what came before that in the system waited there for it.
  const ordered = [...arrivals.filter((arrival) => arrival.meaning.accountTraits !== null), ...arrivals.filter((arrival) => arrival.meaning.accountTraits === null)];
  const identities = new IdentityMap(keysOf(ordered).map((key) => ({ key, aliasOf: null, accountId: null, waiting: 0, email: null })));
  const resolved = resolveIdentities(ordered, identities);
  const earliest = new Map<string, number>();
  for (const { accountId, arrival } of resolved) if (accountId !== null) earliest.set(accountId, Math.min(earliest.get(accountId) ?? Infinity, arrival.occurredAt));
  const book = new AccountBook([...earliest].map(([id, at]) => newAccount(id, at)), [], [...earliest.keys()]);
  const signals = new Map<string, SignalRecord>();
  for (const one of resolved) {
    const signal = book.apply(one);
    if (signal) signals.set(signalKey(signal), signal);
  }
  const stakeholders = Map.groupBy(book.contactsToSave().filter((contact) => stakeholderRank(contact) !== null), (contact) => contact.accountId);
  const accounts = book.changedAccounts().map((account) => {
    const own = (stakeholders.get(account.id) ?? []).sort((a, b) => stakeholderRank(a)! - stakeholderRank(b)! || (a.personId < b.personId ? -1 : 1));
    return [account.id, stateOf(account, { aliases: [], mergedInto: null }, own.map(stakeholderOf))] as const;
  });
  return { signals, accounts: new Map(accounts) };
}

function arrivalOf({ item: { id }, vendor, call, body, sentAt, sourceId }: ReadItem, at: number, receivedAt: ReadonlyMap<string, number>): Arrival {
  const message = { at, sourceId, fallbackId: id, call, body, sentAt, receivedAt: receivedAt.get(signalKey({ sourceId, id })) ?? Date.now() };
  const read = readMessage(message, vendor, rules, digest);
  if ('code' in read) throw new Error(`the harness sent what cannot be taken: ${id} ${read.code} ${read.pointer} ${read.detail}`);
  return read;
}

/** The same signal as it stands in the topic, but for what only the system knows. */
export const comparable = ({ receivedAt: _, version: __, ...rest }: SignalRecord & { version?: number } | Signal): object => rest;
