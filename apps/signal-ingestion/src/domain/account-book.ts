import type { SignalData } from '@perennial/contracts/signal';
import { change, changeOfTraits, marked, type Account } from './account.js';
import type { Resolved, SignalRecord } from './arrival.js';
import { nameRole, newContact, tellPerson, type Contact } from './contact.js';
import { isChanged } from './imports/changed-contact.js';
import { stampOf, type Stamp } from './latest-wins.js';

/** A contact by its place: the pair of account and person. */
export interface ContactKey {
  readonly accountId: string;
  readonly personId: string;
}

/** An anonymous visitor is nobody's contact. */
export function personIdOf(personKey: string | null): string | null {
  return personKey === null || personKey.startsWith('anonymous:') ? null : personKey;
}

/** What an arrival may change of its account; null where it changes no more than the earliest date. */
export function concerns(resolved: Resolved): { readonly contacts: readonly ContactKey[]; readonly account: boolean } {
  const { accountId, arrival, joinsAccount, personKey } = resolved;
  if (accountId === null) return { contacts: [], account: false };
  const { signal, accountTraits, role } = arrival.meaning;
  const personId = personIdOf(personKey);
  const people = new Set<string>();
  if (personId !== null && (signal?.kind === 'person' || joinsAccount || role !== undefined)) people.add(personId);
  if (signal?.kind === 'engagement') for (const attendee of signal.data.attendees ?? []) if (attendee.role !== undefined) people.add(attendee.personId);
  return { contacts: [...people].map((id) => ({ accountId, personId: id })), account: accountTraits !== null || people.size > 0 };
}

/** Traits that an account had no room for. */
export interface RefusedTraits {
  readonly resolved: Resolved;
  readonly names: readonly string[];
}

const slot = (accountId: string, personId: string) => JSON.stringify([accountId, personId]);

/** The accounts and contacts one chunk touches. All rules are latest-wins, so the order of arrival leaves no trace. */
export class AccountBook {
  private readonly accounts: Map<string, Account>;
  private readonly contacts: Map<string, Contact>;
  private readonly changedContacts = new Map<string, Contact>();
  /** Contacts that something was told of themselves. */
  private readonly toldOf = new Set<string>();
  private readonly changed = new Set<string>();
  readonly refusedTraits: RefusedTraits[] = [];

  /**
   * `known`: contacts as they were before. `accounts`: those whose state may change, loaded whole. `created`: ids that had no row before. `roots`: where
   * ids lead that stand for another account.
   */
  constructor(accounts: readonly Account[], private readonly known: readonly Contact[], created: readonly string[], private readonly roots: ReadonlyMap<string, string> = new Map()) {
    this.accounts = new Map(accounts.map((account) => [account.id, account]));
    this.contacts = new Map(known.map((contact) => [slot(contact.accountId, contact.personId), contact]));
    for (const id of created) this.changed.add(id);
  }

  /** Applies one arrival; answers the signal to publish, or null where it is none or waits. */
  apply(resolved: Resolved): SignalRecord | null {
    const { arrival, accountId } = resolved;
    if (accountId === null) return null;
    const stamp = stampOf(arrival.occurredAt, arrival.messageId);
    this.applyToAccount(resolved, accountId, stamp);
    const signal = this.applyToContacts(resolved, accountId, stamp);
    return signal === null ? null : recordOf(resolved, this.roots.get(accountId) ?? accountId, signal);
  }

  /** Marks all accounts that were loaded as touched by an import; answers those that were not and stand for themselves: signals are told under them. */
  markImporting(importId: string): string[] {
    const found = [...this.accounts.values()].filter((account) => !account.importing?.includes(importId)).map(({ id }) => id);
    for (const id of found) {
      this.accounts.set(id, marked(this.accounts.get(id)!, importId));
      this.changed.add(id);
    }
    return found.filter((id) => !this.roots.has(id));
  }

  changedAccounts(): Account[] {
    return [...this.changed].map((id) => this.accounts.get(id)).filter((account) => account !== undefined);
  }

  contactsToSave(): Contact[] {
    return [...this.changedContacts.values()];
  }

  /** How many contacts that were known before are told otherwise now by signals of their own, in a way that may mean that somebody has gone. */
  contactsToldOtherwise(): number {
    return this.known.filter((before) => {
      const key = slot(before.accountId, before.personId);
      return this.toldOf.has(key) && isChanged(before, this.contacts.get(key) ?? before);
    }).length;
  }

  private applyToAccount({ arrival, ...rest }: Resolved, accountId: string, stamp: Stamp): void {
    let account = this.accounts.get(accountId);
    // Not loaded: the account is known and nothing but its date could change, and it does not.
    if (!account) return;
    if (arrival.occurredAt < account.createdAt) {
      account = { ...account, createdAt: arrival.occurredAt };
      this.changed.add(accountId);
    }
    const { accountTraits } = arrival.meaning;
    if (accountTraits !== null) {
      const { account: next, refused } = change(account, changeOfTraits(accountTraits), stamp);
      if (next !== account) this.changed.add(accountId);
      if (refused.length > 0) this.refusedTraits.push({ resolved: { arrival, ...rest }, names: refused });
      account = next;
    }
    this.accounts.set(accountId, account);
  }

  private applyToContacts(resolved: Resolved, accountId: string, stamp: Stamp): Resolved['arrival']['meaning']['signal'] {
    const { signal, mayCreate, role: given } = resolved.arrival.meaning;
    const personId = personIdOf(resolved.personKey);
    const isNew = personId !== null && !this.contacts.has(slot(accountId, personId));
    if (isNew && resolved.joinsAccount) this.save(newContact(accountId, personId));
    if (signal?.kind === 'engagement') {
      for (const { personId: attendee, role } of signal.data.attendees ?? []) if (role !== undefined) this.save(nameRole(this.contact(accountId, attendee), role, stamp));
    }
    if (given !== undefined && personId !== null) this.save(nameRole(this.contact(accountId, personId), given, stamp));
    if (signal?.kind !== 'person' || personId === null) return signal;
    this.save(tellPerson(this.contact(accountId, personId), signal.data, stamp));
    this.toldOf.add(slot(accountId, personId));
    const data: SignalData['person'] = mayCreate && isNew && signal.data.change === 'updated' ? { ...signal.data, change: 'created' } : signal.data;
    return { kind: 'person', data };
  }

  private contact(accountId: string, personId: string): Contact {
    return this.contacts.get(slot(accountId, personId)) ?? newContact(accountId, personId);
  }

  private save(contact: Contact): void {
    const key = slot(contact.accountId, contact.personId);
    this.contacts.set(key, contact);
    this.changedContacts.set(key, contact);
    this.changed.add(contact.accountId);
  }
}

function recordOf({ arrival, personKey }: Resolved, accountId: string, signal: NonNullable<Resolved['arrival']['meaning']['signal']>): SignalRecord {
  return {
    id: arrival.messageId,
    ...signal,
    accountId,
    personId: personIdOf(personKey),
    occurredAt: new Date(arrival.occurredAt).toISOString(),
    receivedAt: new Date(arrival.receivedAt).toISOString(),
    sourceId: arrival.sourceId,
    product: arrival.meaning.product,
    clamped: arrival.clamped,
    ...(arrival.importId !== undefined && { importId: arrival.importId }),
  };
}
