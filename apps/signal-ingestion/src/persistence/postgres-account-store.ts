import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { AccountStore, type LockedAccounts, type PublishedAccount, type Relative, type TouchedAccount } from '../application/account-store.js';
import { newAccount, type Account } from '../domain/account.js';
import type { ContactKey } from '../domain/account-book.js';
import { aliasesOf, asOne, type FamilyMember } from '../domain/account-family.js';
import { stakeholderRank, type Contact } from '../domain/contact.js';

type Doc = Omit<Account, 'createdAt'>;
interface AccountRow {
  id: string;
  doc: Doc | null;
  created_at: Date;
  version: string;
  root_id: string | null;
}
type RelativeRow = AccountRow & { doc: Doc; merged_into: string | null; is_alias: boolean };

/** Account and contact content is one document each; what queries look for has columns beside it. */
@Injectable()
export class PostgresAccountStore extends AccountStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(tx: Transaction, touched: readonly TouchedAccount[], withRoots = false): Promise<LockedAccounts> {
    const rows = await this.lockKnown(tx, touched, withRoots);
    const missing = absent(touched, rows);
    const made = new Set(missing.length === 0 ? [] : await this.insert(tx, missing));
    // Somebody else made the rest between the two statements.
    const late = missing.filter(({ id }) => !made.has(id));
    if (late.length > 0) rows.push(...(await this.lockKnown(tx, late, withRoots)));
    // What was merged between reading where it leads to and locking it.
    for (let behind = unlocked(rows, withRoots); behind.length > 0; behind = unlocked(rows, withRoots)) rows.push(...(await this.lockKnown(tx, behind, withRoots)));
    const created = missing.filter(({ id }) => made.has(id)).map(({ id, earliest }) => newAccount(id, earliest));
    return { accounts: [...loaded(rows), ...created], created: [...made], roots: new Map(rows.flatMap(({ id, root_id: root }) => (root === null ? [] : [[id, root]]))) };
  }

  async save(tx: Transaction, accounts: readonly { readonly account: Account; readonly version: number | null }[]): Promise<void> {
    if (accounts.length === 0) return;
    await tx.query({
      name: 'save-accounts',
      text: `UPDATE account a SET doc = u.doc, created_at = u.created_at, version = coalesce(u.version, a.version)
             FROM unnest($1::text[], $2::jsonb[], $3::timestamptz[], $4::bigint[]) AS u (id, doc, created_at, version) WHERE a.id = u.id`,
      values: [accounts.map(({ account }) => account.id), accounts.map(({ account }) => docOf(account)), accounts.map(({ account }) => new Date(account.createdAt)), accounts.map(({ version }) => version)],
    });
  }

  async find(id: string): Promise<PublishedAccount | null> {
    const rows = await this.database.query<RelativeRow>({
      name: 'find-account',
      text: `WITH asked AS (SELECT CASE WHEN is_alias THEN root_id ELSE id END AS id FROM account WHERE id = $1)
             SELECT a.* FROM asked JOIN account a ON a.id = asked.id OR a.root_id = asked.id ORDER BY a.id <> asked.id`,
      values: [id],
    });
    const [row, ...members] = rows;
    if (!row) return null;
    const family = members.map(memberOf);
    return { account: asOne(accountOf(row), family), version: Number(row.version), aliases: aliasesOf(family), mergedInto: row.merged_into };
  }

  async relatives(tx: Transaction, ids: readonly string[]): Promise<Relative[]> {
    const rows = await tx.query<RelativeRow & { root: string }>({
      name: 'relatives',
      text: `WITH asked AS (SELECT unnest($1::text[]) AS id), root AS (SELECT DISTINCT coalesce(a.root_id, a.id) AS id FROM asked JOIN account a USING (id))
             SELECT a.*, root.id AS root FROM root JOIN account a ON a.root_id = root.id
             UNION ALL SELECT a.*, root.id FROM root JOIN account a ON a.id = root.id WHERE NOT EXISTS (SELECT FROM asked WHERE asked.id = a.id)`,
      values: [ids],
    });
    return rows.map((row) => ({ account: accountOf(row), root: row.root, mergedInto: row.merged_into, isAlias: row.is_alias }));
  }

  async contacts(tx: Transaction, keys: readonly ContactKey[]): Promise<Contact[]> {
    const rows = await tx.query<{ doc: Contact }>({
      name: 'load-contacts',
      text: `SELECT c.doc FROM contact c JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS k (account_id, person_id) USING (account_id, person_id)`,
      values: [keys.map((key) => key.accountId), keys.map((key) => key.personId)],
    });
    return rows.map((row) => row.doc);
  }

  async saveContacts(tx: Transaction, contacts: readonly Contact[]): Promise<void> {
    if (contacts.length === 0) return;
    await tx.query({
      name: 'save-contacts',
      text: `INSERT INTO contact (account_id, person_id, doc, stakeholder_rank, email_domain)
             SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::smallint[], $5::text[])
             ON CONFLICT (account_id, person_id) DO UPDATE SET doc = excluded.doc, stakeholder_rank = excluded.stakeholder_rank, email_domain = excluded.email_domain`,
      values: [contacts.map((c) => c.accountId), contacts.map((c) => c.personId), contacts.map((c) => JSON.stringify(c)), contacts.map(stakeholderRank), contacts.map((c) => c.email?.toLowerCase().split('@').at(-1) ?? null)],
    });
  }

  async stakeholders(tx: Transaction, accountIds: readonly string[]): Promise<Contact[]> {
    const rows = await tx.query<{ doc: Contact }>({
      name: 'load-stakeholders',
      text: `SELECT doc FROM (
               SELECT doc, account_id, row_number() OVER (PARTITION BY account_id ORDER BY stakeholder_rank, person_id) AS n FROM unnest($1::text[]) AS asked (account_id) JOIN contact USING (account_id)
               WHERE stakeholder_rank IS NOT NULL
             ) s WHERE n <= 50 ORDER BY account_id, n`,
      values: [accountIds],
    });
    return rows.map((row) => row.doc);
  }

  private async lockKnown(tx: Transaction, touched: readonly TouchedAccount[], withRoots: boolean): Promise<AccountRow[]> {
    return tx.query<AccountRow>({
      name: 'lock-accounts',
      text: `WITH t AS (SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::boolean[]) AS t (id, earliest, whole)),
               wanted AS (SELECT id, earliest, whole FROM t UNION ALL SELECT DISTINCT r.root_id, NULL::timestamptz, $4::boolean FROM t JOIN account r ON r.id = t.id WHERE r.root_id IS NOT NULL AND r.root_id <> ALL($1::text[]))
             SELECT a.id, CASE WHEN w.whole OR w.earliest < a.created_at THEN a.doc END AS doc, a.created_at, a.version, a.root_id
             FROM wanted w JOIN account a ON a.id = w.id ORDER BY a.id FOR NO KEY UPDATE OF a`,
      values: [touched.map(({ id }) => id), touched.map(({ earliest }) => new Date(earliest)), touched.map(({ whole }) => whole), withRoots],
    });
  }

  /** Ids that had no row. */
  private async insert(tx: Transaction, missing: readonly TouchedAccount[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>({
      name: 'make-accounts',
      text: `INSERT INTO account (id, doc, created_at, version) SELECT id, doc, created_at, 0 FROM unnest($1::text[], $2::jsonb[], $3::timestamptz[]) AS n (id, doc, created_at)
             ORDER BY id ON CONFLICT DO NOTHING RETURNING id`,
      values: [missing.map(({ id }) => id), missing.map(({ id, earliest }) => docOf(newAccount(id, earliest))), missing.map(({ earliest }) => new Date(earliest))],
    });
    return rows.map(({ id }) => id);
  }
}

function absent(touched: readonly TouchedAccount[], rows: readonly AccountRow[]): TouchedAccount[] {
  const known = new Set(rows.map(({ id }) => id));
  return touched.filter(({ id }) => !known.has(id));
}

/** Accounts that locked rows lead to and that are not locked themselves. */
function unlocked(rows: readonly AccountRow[], whole: boolean): TouchedAccount[] {
  const known = new Set(rows.map(({ id }) => id));
  const behind = new Set(rows.flatMap(({ root_id: root }) => (root === null || known.has(root) ? [] : [root])));
  return [...behind].sort().map((id) => ({ id, earliest: Date.UTC(9999, 0), whole }));
}

function loaded(rows: readonly AccountRow[]): Account[] {
  return rows.flatMap((row) => (row.doc === null ? [] : accountOf({ ...row, doc: row.doc })));
}

function docOf(account: Account): string {
  const { createdAt: _, ...doc } = account;
  return JSON.stringify(doc);
}

function accountOf({ doc, created_at: createdAt }: AccountRow & { doc: Doc }): Account {
  return { ...doc, createdAt: createdAt.getTime() };
}

function memberOf(row: RelativeRow): FamilyMember {
  return { account: accountOf(row), mergedInto: row.merged_into ?? '', isAlias: row.is_alias };
}
