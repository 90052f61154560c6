import { Injectable } from '@nestjs/common';
import { signalType } from '@perennial/contracts/signal';
import { signalsTopic } from '@perennial/contracts/topics';
import { Outbox, type Cause, type EventDraft } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { AccountBook, concerns, type RefusedTraits } from '../domain/account-book.js';
import type { Resolved, SignalRecord } from '../domain/arrival.js';
import { asPeople, peopleIn } from '../domain/as-people.js';
import { AccountStore, type TouchedAccount } from './account-store.js';
import { IdentityStore } from './identity-store.js';
import { PublishAccounts } from './publish-accounts.js';

export interface Recorded {
  /** The signal of each arrival that has an account, by the arrival's place in the chunk; people as they were named. */
  readonly signals: ReadonlyMap<number, SignalRecord>;
  readonly refusedTraits: readonly RefusedTraits[];
  /** Accounts that the import touched for the first time. */
  readonly marked: number;
  /** Contacts of which an import told something that may mean that they have gone. */
  readonly changedContacts: number;
}

/** Applies what is known to be about an account to that account, and publishes both. */
@Injectable()
export class RecordSignals {
  constructor(
    private readonly accounts: AccountStore,
    private readonly identities: IdentityStore,
    private readonly publishAccounts: PublishAccounts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * A constant number of statements whatever the chunk's size. `causeOf` names what is behind an arrival. Of an
   * import, each account's first signals come behind the mark that its verdict has to wait.
   */
  async record(tx: Transaction, resolved: readonly Resolved[], causeOf: (at: number) => Cause | undefined, importId: string | null = null): Promise<Recorded> {
    const placed = resolved.filter((one) => one.accountId !== null);
    if (placed.length === 0) return { signals: new Map(), refusedTraits: [], marked: 0, changedContacts: 0 };
    const { accounts, created, roots } = await this.accounts.lock(tx, touched(placed, importId !== null), importId !== null);
    const contactKeys = placed.flatMap((one) => concerns(one).contacts);
    const contacts = contactKeys.length === 0 ? [] : await this.accounts.contacts(tx, contactKeys);

    const book = new AccountBook(accounts, contacts, created, roots);
    const now = this.clock.now();
    const marks = importId === null ? [] : book.markImporting(importId).map((accountId) => ({ type: 'perennial.account.importing.v1' as const, key: accountId, data: { accountId, importId }, time: now }));
    const signals = new Map<number, SignalRecord>();
    const lastCause = new Map<string | null, number>();
    for (const one of placed) {
      lastCause.set(one.accountId, one.arrival.at);
      const signal = book.apply(one);
      if (signal) signals.set(one.arrival.at, signal);
    }

    const changed = book.changedAccounts().map((account) => ({ account, cause: causeOf(lastCause.get(account.id) ?? -1) }));
    const merged = await this.identities.merged(tx, peopleIn([...signals.values()]));
    // Contacts first: an account is published with its stakeholders.
    await Promise.all([
      this.accounts.saveContacts(tx, book.contactsToSave()),
      this.publishAccounts.publish(tx, changed, now),
      this.outbox.publish(tx, signalsTopic, [...marks, ...[...signals].map(([at, signal]) => draftOf(asPeople(signal, merged), causeOf(at)))]),
    ]);
    return { signals, refusedTraits: book.refusedTraits, marked: marks.length, changedContacts: importId === null ? 0 : book.contactsToldOtherwise() };
  }
}

/** A signal as an event for the `signals` topic. */
export function draftOf(signal: SignalRecord, cause: Cause | undefined): EventDraft<typeof signalsTopic> {
  return { type: signalType(signal.kind), key: signal.accountId, data: signal, time: new Date(signal.occurredAt), cause } as EventDraft<typeof signalsTopic>;
}

function touched(placed: readonly Resolved[], whole: boolean): TouchedAccount[] {
  const byId = new Map<string, { id: string; earliest: number; whole: boolean }>();
  for (const one of placed) {
    const { accountId, arrival } = one;
    if (accountId === null) continue;
    const entry = byId.get(accountId) ?? { id: accountId, earliest: arrival.occurredAt, whole };
    entry.earliest = Math.min(entry.earliest, arrival.occurredAt);
    entry.whole ||= concerns(one).account;
    byId.set(accountId, entry);
  }
  return [...byId.values()];
}
