import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { PeopleStore, type Membership, type Person, type PersonDetail } from '../application/people-store.js';
import { mergeContacts, rolesOf, type Contact } from '../domain/contact.js';
import { timeOf } from '../domain/latest-wins.js';
import { personKey } from '../domain/identifiers.js';
import { suggestByDomain } from './suggest-by-domain.js';

interface UnassignedRow {
  key: string;
  email: string | null;
  waiting: string;
  last_seen: Date | null;
}
interface IdentityRow {
  key: string;
  account_id: string | null;
  waiting: string;
  email: string | null;
  merged_into: string | null;
  root_key: string | null;
}

/** Mail address as last told, else the one the key is made of. */
const emailOf = (row: string): string => `coalesce(${row}.email, CASE WHEN starts_with(${row}.key, 'email:') THEN substr(${row}.key, 7) END)`;
/** With `emailOf` as the index of unassigned people by domain has it. */
const hasEmail = `(p.email IS NOT NULL OR starts_with(p.key, 'email:'))`;

@Injectable()
export class PostgresPeopleStore extends PeopleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async atAccount(accountId: string, accountIds: readonly string[], limit: number, startingAfter: string | null): Promise<Person[]> {
    const rows = await this.database.query<{ person: string; doc: Contact }>({
      // Few people are merged, and an account may have very many: a page reads no more of them than it shows.
      text: `WITH page AS (
               SELECT person FROM (
                 SELECT own.person FROM unnest($1::text[]) AS f (id) CROSS JOIN LATERAL (
                   SELECT c.person_id AS person FROM contact c WHERE c.account_id = f.id AND ($2::text IS NULL OR c.person_id > $2) AND NOT EXISTS (SELECT FROM identity i WHERE i.key = c.person_id AND i.root_key IS NOT NULL)
                   ORDER BY c.person_id LIMIT $3
                 ) own
                 UNION
                 SELECT i.root_key FROM identity i WHERE i.root_key IS NOT NULL AND ($2::text IS NULL OR i.root_key > $2) AND EXISTS (SELECT FROM contact c WHERE c.account_id = ANY($1::text[]) AND c.person_id = i.key)
               ) people ORDER BY person LIMIT $3
             ), named AS (SELECT person, person AS name FROM page UNION SELECT page.person, i.key FROM page JOIN identity i ON i.root_key = page.person)
             SELECT n.person, c.doc FROM named n JOIN contact c ON c.person_id = n.name AND c.account_id = ANY($1::text[]) ORDER BY n.person, c.account_id, c.person_id`,
      values: [accountIds, startingAfter, limit],
    });
    return [...Map.groupBy(rows, ({ person }) => person)].map(([id, same]) => {
      const contact = same.map(({ doc }) => doc).reduce(mergeContacts);
      return { id, accountId, name: contact.name, email: contact.email, title: contact.title, roles: rolesOf(contact), status: contact.status, waitingSignals: 0, lastSeenAt: null, suggestions: [] };
    });
  }

  async unassigned(domain: string | null, limit: number, startingAfter: string | null): Promise<Person[]> {
    const rows = await this.database.query<UnassignedRow>({
      text: `SELECT i.key, i.email, i.waiting, l.occurred_at AS last_seen
             FROM (SELECT p.key, ${emailOf('p')} AS email, p.waiting FROM identity p
                   WHERE p.account_id IS NULL AND p.alias_of IS NULL AND ($1::text IS NULL OR p.key > $1) ${domain === null ? '' : `AND ${hasEmail} AND split_part(lower(${emailOf('p')}), '@', 2) = $3`} ORDER BY p.key LIMIT $2) i
             LEFT JOIN LATERAL (
               SELECT m.occurred_at FROM identity k JOIN message m ON m.person_key = k.key AND m.account_id IS NULL AND m.kind IS NOT NULL
               WHERE i.waiting > 0 AND (k.key = i.key OR k.alias_of = i.key) ORDER BY m.occurred_at DESC LIMIT 1
             ) l ON true ORDER BY i.key`,
      values: [startingAfter, limit, ...(domain === null ? [] : [domain])],
    });
    const domains = new Set(rows.flatMap(({ email }) => domainOf(email) ?? []));
    const found = new Map((await suggestByDomain(this.database, [...domains].map((one) => ({ accountId: null, domain: one })))).map((one) => [one.domain, one.suggestion]));
    return rows.map(({ key, email, waiting, last_seen: lastSeenAt }) => {
      const suggestion = found.get(domainOf(email) ?? '');
      return { id: key, accountId: null, name: null, email, title: null, roles: [], status: 'active', waitingSignals: Number(waiting), lastSeenAt, suggestions: suggestion ? [suggestion] : [] };
    });
  }

  async find(sql: Sql, id: string): Promise<PersonDetail | null> {
    const asked = personKey(id);
    const [row] = await sql.query<IdentityRow>({
      text: `SELECT p.key, p.account_id, p.waiting, ${emailOf('p')} AS email, p.merged_into, p.root_key FROM identity a JOIN identity p ON p.key = coalesce(a.alias_of, a.key) WHERE a.key = $1`,
      values: [asked],
    });
    // Somebody whom only a meeting named has no identity of their own yet.
    const identity = row ?? { key: asked, account_id: null, waiting: '0', email: null, merged_into: null, root_key: null };
    const root = identity.root_key ?? identity.key;
    const names = (await sql.query<{ key: string }>({
      text: 'WITH person AS (SELECT $1::text AS key UNION SELECT key FROM identity WHERE root_key = $1) SELECT key FROM person UNION SELECT i.key FROM person JOIN identity i ON i.alias_of = person.key ORDER BY 1',
      values: [root],
    })).map(({ key }) => key);
    const contacts = await sql.query<{ account_id: string; doc: Contact }>({
      text: 'SELECT coalesce(a.root_id, a.id) AS account_id, c.doc FROM contact c JOIN account a ON a.id = c.account_id WHERE c.person_id = ANY($1::text[]) ORDER BY 1, c.account_id, c.person_id',
      values: [names],
    });
    if (!row && contacts.length === 0) return null;
    return {
      key: identity.key, id: root, mergedInto: identity.merged_into, otherIds: names.filter((name) => name !== root), email: identity.email, namedAccountId: identity.account_id, waitingSignals: Number(identity.waiting),
      accounts: [...Map.groupBy(contacts, ({ account_id: accountId }) => accountId)].map(([accountId, same]) => membershipOf(accountId, same.map(({ doc }) => doc))),
    };
  }
}

function membershipOf(accountId: string, contacts: readonly Contact[]): Membership {
  const contact = contacts.reduce(mergeContacts);
  const { name, email, title, status } = contact;
  return { accountId, name, email, title, status, roles: rolesOf(contact), toldAt: Math.max(0, ...[...Object.values(contact.stamps), ...Object.values(contact.namedRoles)].map(timeOf)) };
}

const domainOf = (email: string | null): string | null => email?.toLowerCase().split('@').at(-1) ?? null;
