import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { AccountStore, type LockedAccounts, type PublishedAccount, type TouchedAccount } from '../application/account-store.js';
import { newAccount, type Account } from '../domain/account.js';
import type { ContactKey } from '../domain/account-book.js';
import { stakeholderRank, type Contact } from '../domain/contact.js';

type Doc = Omit<Account, 'createdAt'>;
interface AccountRow {
  id: string;
  doc: Doc | null;
  created_at: Date;
  version: string;
}

/** Account and contact content is one document each; what queries look for has columns beside it. */
@Injectable()
export class PostgresAccountStore extends AccountStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(tx: Transaction, touched: readonly TouchedAccount[]): Promise<LockedAccounts> {
    const rows = await this.lockKnown(tx, touched);
    const missing = absent(touched, rows);
    if (missing.length === 0) return { accounts: loaded(rows), created: [] };
    const made = new Set(await this.insert(tx, missing));
    const created = missing.filter(({ id }) => made.has(id)).map(({ id, earliest }) => newAccount(id, earliest));
    // Somebody else made the rest between the two statements.
    const late = missing.filter(({ id }) => !made.has(id));
    if (late.length > 0) rows.push(...(await this.lockKnown(tx, late)));
    return { accounts: [...loaded(rows), ...created], created: [...made] };
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
    const [row] = await this.database.query<AccountRow>({ name: 'find-account', text: 'SELECT id, doc, created_at, version FROM account WHERE id = $1', values: [id] });
    const account = row && accountOf(row);
    return row && account ? { account, version: Number(row.version) } : null;
  }

  async isBelow(tx: Transaction, id: string, ancestorId: string): Promise<boolean> {
    const rows = await tx.query({
      text: `WITH RECURSIVE line (id) AS (
               SELECT $1::text COLLATE "C" UNION SELECT (a.doc ->> 'parentId') COLLATE "C" FROM account a JOIN line ON a.id = line.id WHERE a.doc ->> 'parentId' IS NOT NULL
             ) SELECT true FROM line WHERE id = $2`,
      values: [id, ancestorId],
    });
    return rows.length > 0;
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
               SELECT doc, account_id, row_number() OVER (PARTITION BY account_id ORDER BY stakeholder_rank, person_id) AS n FROM contact
               WHERE account_id = ANY($1::text[]) AND stakeholder_rank IS NOT NULL
             ) s WHERE n <= 50 ORDER BY account_id, n`,
      values: [accountIds],
    });
    return rows.map((row) => row.doc);
  }

  private async lockKnown(tx: Transaction, touched: readonly TouchedAccount[]): Promise<AccountRow[]> {
    return tx.query<AccountRow>({
      name: 'lock-accounts',
      text: `SELECT a.id, CASE WHEN t.whole OR t.earliest < a.created_at THEN a.doc END AS doc, a.created_at, a.version
             FROM unnest($1::text[], $2::timestamptz[], $3::boolean[]) AS t (id, earliest, whole) JOIN account a ON a.id = t.id ORDER BY a.id FOR NO KEY UPDATE OF a`,
      values: [touched.map(({ id }) => id), touched.map(({ earliest }) => new Date(earliest)), touched.map(({ whole }) => whole)],
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

function loaded(rows: readonly AccountRow[]): Account[] {
  return rows.flatMap((row) => accountOf(row) ?? []);
}

function docOf(account: Account): string {
  const { createdAt: _, ...doc } = account;
  return JSON.stringify(doc);
}

function accountOf(row: AccountRow): Account | null {
  return row.doc === null ? null : { ...row.doc, createdAt: row.created_at.getTime() };
}
