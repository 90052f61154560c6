import type { Transaction } from '@perennial/persistence/transaction';
import type { NamedContacts } from '../application/account-health-store.js';
import { isKept } from '../domain/contacts/contact-facts.js';
import { decodeContact, encodeContact } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';
import type { PersonUse } from '../domain/contacts/active-days.js';
import { PackedBuffers } from '@perennial/persistence/packed-buffers';

/** Puts into the states what looks need of contacts (all of `refreshed` accounts) and those that are named and not there yet. */
export async function loadContacts(tx: Transaction, states: ReadonlyMap<string, AccountHealthState>, refreshed: readonly string[], contacts: NamedContacts): Promise<void> {
  const named = [...contacts].flatMap(([accountId, people]) => [...people].filter((personId) => !states.get(accountId)!.contacts.has(personId)).map((personId) => ({ accountId, personId })));
  if (refreshed.length === 0 && named.length === 0) return;
  const rows = await tx.query<{ account_id: string; person_id: string; facts: Buffer }>({
    name: 'load-contacts',
    text: `SELECT account_id, person_id, facts FROM unnest($1::text[]) AS asked (account_id) JOIN contact_health USING (account_id) WHERE kept
           UNION SELECT c.account_id, c.person_id, c.facts FROM unnest($2::text[], $3::text[]) AS n (account_id, person_id) JOIN contact_health c USING (account_id, person_id)`,
    values: [refreshed, named.map((n) => n.accountId), named.map((n) => n.personId)],
  });
  for (const row of rows) states.get(row.account_id)!.contacts.set(row.person_id, decodeContact(row.person_id, row.facts));
}

/** Contacts read and unpacked in one go: between two of these others get their turn. */
const usesAtOnce = 2_000;
/** Contacts whose use lies in memory at once, unless one account alone has more. */
const mostUses = 20_000;

/** The use of all contacts of the accounts, some thousand rows a statement. Where they are many some accounts are left out, which is not for long: they are asked for again. */
export async function loadUses(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, PersonUse[]>> {
  const uses = new Map<string, PersonUse[]>();
  let [afterAccount, afterPerson, read] = ['', '', 0];
  for (let isMore = accountIds.length > 0; isMore; ) {
    const rows = await tx.query<{ account_id: string; person_id: string; facts: Buffer }>({
      name: 'uses-of-accounts',
      text: `SELECT account_id, person_id, facts FROM contact_health WHERE account_id = ANY($1::text[]) AND (account_id, person_id) > ($2, $3) ORDER BY account_id, person_id LIMIT $4`,
      values: [accountIds, afterAccount, afterPerson, usesAtOnce],
    });
    for (const row of rows) {
      const { personId, lastActiveDay, activeDays, activeWeek, activeWeeks } = decodeContact(row.person_id, row.facts);
      const ofAccount = uses.get(row.account_id) ?? [];
      if (activeWeeks !== 0n) ofAccount.push({ personId, lastActiveDay, activeDays, activeWeek, activeWeeks });
      uses.set(row.account_id, ofAccount);
    }
    const last = rows.at(-1);
    isMore = rows.length === usesAtOnce;
    if (last !== undefined) [afterAccount, afterPerson] = [last.account_id, last.person_id];
    read += rows.length;
    if (isMore && read >= mostUses && uses.size > 1) {
      // The last one may be half read.
      uses.delete(afterAccount);
      return uses;
    }
  }
  for (const id of accountIds) if (!uses.has(id)) uses.set(id, []);
  return uses;
}

/** Writes the contacts that changed and takes the marks of it off the states. */
export async function saveContacts(tx: Transaction, states: readonly AccountHealthState[]): Promise<void> {
  const cleared = states.filter((state) => state.contactsCleared).map((state) => state.accountId);
  if (cleared.length > 0) await tx.query({ name: 'clear-contacts', text: 'DELETE FROM contact_health WHERE account_id = ANY($1::text[])', values: [cleared] });
  const marked = states.flatMap((state) => [...state.dirtyContacts].sort().map((personId) => ({ accountId: state.accountId, personId, contact: state.contacts.get(personId) })));
  for (const state of states) {
    state.contactsCleared = false;
    state.dirtyContacts.clear();
  }
  const gone = marked.filter(({ contact }) => contact === undefined);
  if (gone.length > 0) {
    await tx.query({
      name: 'drop-contacts',
      text: 'DELETE FROM contact_health c USING unnest($1::text[], $2::text[]) AS g (account_id, person_id) WHERE c.account_id = g.account_id AND c.person_id = g.person_id',
      values: [gone.map((g) => g.accountId), gone.map((g) => g.personId)],
    });
  }
  const dirty = marked.flatMap(({ contact, ...place }) => (contact === undefined ? [] : [{ ...place, contact }]));
  if (dirty.length === 0) return;
  const facts = PackedBuffers.of(dirty.map(({ contact }) => encodeContact(contact)));
  await tx.query({
    name: 'save-contacts',
    text: `INSERT INTO contact_health (account_id, person_id, kept, facts)
           SELECT account_id, person_id, kept, substr($4::bytea, start, length) FROM unnest($1::text[], $2::text[], $3::boolean[], $5::integer[], $6::integer[]) AS c (account_id, person_id, kept, start, length)
           ON CONFLICT (account_id, person_id) DO UPDATE SET kept = excluded.kept, facts = excluded.facts`,
    values: [dirty.map((d) => d.accountId), dirty.map((d) => d.personId), dirty.map((d) => isKept(d.contact)), facts.bytes, facts.starts, facts.lengths],
  });
}
