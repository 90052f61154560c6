import { Injectable } from '@nestjs/common';
import { inPages } from '@perennial/persistence/in-pages';
import { Database, type Sql, type Statement, type Transaction } from '@perennial/persistence/transaction';
import { PersonalDataStore, type Erased, type ExportedRow } from '../application/personal-data-store.js';
import { emailKey, isEmail, personKey } from '../domain/identifiers.js';
import { PersonFinder, searchTexts, wordsOf, type Traces } from '../domain/person-finder.js';
import { holds, holdsBytes } from './holds-text.js';

interface ScrubbedRow {
  week: number;
  source_id: string;
  message_id: string;
  account_id: string | null;
  data: unknown;
}

interface AccountRow {
  id: string;
  doc: unknown;
}

interface RejectedRow {
  id: string;
  source_id: string;
  received_at: Date;
  code: string;
  detail: string;
  payload: string;
  event: string | null;
}

const pageSize = 500;
/** Of rows that may be large: what was refused, up to a mebibyte each, and accounts with all their traits. */
const largeRows = 20;
/** What people wrote or named, where an address may stand. */
const freeTexts = [['source_notice', 'example'], ['restatement', 'reason'], ['import', 'file_name']] as const;

@Injectable()
export class PostgresPersonalData extends PersonalDataStore {
  constructor(private readonly database: Database) {
    super();
  }

  async traces(sql: Sql | null, personId: string): Promise<Traces> {
    const within = sql ?? this.database;
    const asked = personKey(personId);
    const keys = new Set([asked]);
    const emails = new Set(isEmail(personId) && !asked.startsWith('email:') ? [personId.toLowerCase()] : []);
    for (let known = -1; known < keys.size + emails.size; ) {
      known = keys.size + emails.size;
      for (const key of keys) if (key.startsWith('email:')) emails.add(key.slice('email:'.length));
      // Some products use the address as the user's id.
      for (const email of emails) keys.add(emailKey(email)).add(email);
      const rows = await within.query<{ key: string; others: (string | null)[]; email: string | null }>({
        text: `SELECT key, ARRAY[alias_of, merged_into, root_key] AS others, email FROM identity
               WHERE key = ANY($1::text[]) OR alias_of = ANY($1::text[]) OR merged_into = ANY($1::text[]) OR root_key = ANY($1::text[]) OR lower(email) = ANY($2::text[])
               UNION ALL
               SELECT person_id, '{}', doc ->> 'email' FROM contact WHERE person_id = ANY($1::text[]) OR email_domain = ANY($3::text[]) AND lower(doc ->> 'email') = ANY($2::text[])`,
        values: [[...keys], [...emails], [...emails].map((email) => email.split('@')[1] ?? '')],
      });
      for (const { key, others, email } of rows) {
        for (const one of [key, ...others]) if (one !== null) keys.add(one);
        if (email !== null) emails.add(email.toLowerCase());
      }
    }
    const named = await within.query<{ name: string }>({
      text: `SELECT name FROM (
               SELECT doc ->> 'name' AS name FROM contact WHERE person_id = ANY($1::text[])
               UNION SELECT data ->> 'name' FROM message WHERE kind = 'person' AND person_key = ANY($1::text[])
               UNION SELECT data ->> 'name' FROM message WHERE kind = 'person' AND person_id = ANY($1::text[])
             ) n WHERE length(name) > 1 ORDER BY 1`,
      values: [[...keys]],
    });
    return { keys: [...keys].sort(), emails: [...emails].sort(), names: named.map(({ name }) => name) };
  }

  async isKnown(sql: Sql | null, { keys }: Traces): Promise<boolean> {
    const rows = await (sql ?? this.database).query({
      text: `SELECT 1 FROM identity WHERE key = ANY($1::text[]) UNION ALL SELECT 1 FROM contact WHERE person_id = ANY($1::text[])
             UNION ALL SELECT 1 FROM message WHERE person_key = ANY($1::text[]) UNION ALL SELECT 1 FROM message WHERE person_id = ANY($1::text[]) LIMIT 1`,
      values: [keys],
    });
    return rows.length > 0;
  }

  async *exported(traces: Traces): AsyncIterable<ExportedRow> {
    const { keys } = traces;
    const texts = searchTexts(traces);
    const finder = new PersonFinder(traces);
    yield* this.rowsOf('identity', 'SELECT key, alias_of, account_id, email, first_seen_at, merged_into FROM identity WHERE key = ANY($1::text[]) ORDER BY key', [keys]);
    yield* this.rowsOf('contact', 'SELECT account_id, person_id, doc FROM contact WHERE person_id = ANY($1::text[]) ORDER BY account_id, person_id', [keys]);
    yield* this.rowsOf('merge', `SELECT from_id, into_id, reason, merged_at, unmerged_at FROM merge WHERE kind = 'person' AND (from_id = ANY($1::text[]) OR into_id = ANY($1::text[])) ORDER BY merged_at`, [keys]);
    for await (const { place, own, ...row } of this.byKey<{ place: string; own: boolean; data: unknown }>('place', 'bigint', pageSize, {
      text: `SELECT place, coalesce(person_key = ANY($1::text[]), false) OR coalesce(person_id = ANY($1::text[]), false) AS own, source_id, message_id, account_id, person_id, kind, occurred_at, received_at, product, data FROM message
             WHERE (person_key = ANY($1::text[]) OR person_id = ANY($1::text[]) OR ${holds('data::text', '$2')})`,
      values: [keys, texts],
    })) if (own || finder.isIn(row.data)) yield { kind: 'signal', row: { place, ...row } };
    for await (const row of this.byKey<AccountRow>('id', 'text', largeRows, accountsNaming(texts))) if (finder.isIn(row.doc)) yield { kind: 'account', row };
    for await (const { seq: _, ...row } of this.byKey<RejectedRow & { seq: string }>('seq', 'bigint', largeRows, rejectedNaming(texts))) if (isRejectedOf(finder, row)) yield { kind: 'rejected', row };
    yield* this.rowsOf('name', `SELECT source_id, kind, name FROM source_name WHERE ${holds('name', '$1')} ORDER BY 1, 2, 3`, [traces.emails]);
  }

  async erase(tx: Transaction, traces: Traces, at: Date): Promise<Erased> {
    const { keys, emails } = traces;
    const texts = searchTexts(traces);
    const finder = new PersonFinder(traces);
    const accounts = new Set<string>();
    const own = await tx.query<{ account_id: string | null; messages: string }>({
      text: `WITH own AS (DELETE FROM message WHERE person_key = ANY($1::text[]) OR person_id = ANY($1::text[]) RETURNING account_id)
             SELECT account_id, count(*) AS messages FROM own GROUP BY account_id`,
      values: [keys],
    });
    const others = await this.scrubMessages(tx, finder, texts);
    for (const id of [...own.map((row) => row.account_id), ...others.accountIds]) if (id !== null) accounts.add(id);
    for (const { account_id } of await tx.query<{ account_id: string }>({ text: 'DELETE FROM contact WHERE person_id = ANY($1::text[]) RETURNING account_id', values: [keys] })) accounts.add(account_id);
    for (const { account_id } of await tx.query<{ account_id: string | null }>({ text: 'DELETE FROM identity WHERE key = ANY($1::text[]) RETURNING account_id', values: [keys] })) if (account_id !== null) accounts.add(account_id);
    await tx.query({ text: 'DELETE FROM replay WHERE person_key = ANY($1::text[])', values: [keys] });
    await tx.query({ text: `DELETE FROM merge WHERE kind = 'person' AND (from_id = ANY($1::text[]) OR into_id = ANY($1::text[]))`, values: [keys] });
    let rejected = 0;
    for await (const rows of inPages<RejectedRow>(tx, rejectedNaming(texts), largeRows)) {
      const ids = rows.filter((row) => isRejectedOf(finder, row)).map(({ id }) => id);
      await tx.query({ text: `UPDATE rejected SET payload = 'null', pointer = NULL, detail = '', sent_at = NULL, event = NULL, state = 'expired', settled_at = $2 WHERE id = ANY($1::uuid[])`, values: [ids, at] });
      rejected += ids.length;
    }
    const names = await tx.query<{ name: string }>({ text: `SELECT DISTINCT name FROM source_name WHERE ${holds('name', '$1')}`, values: [emails] });
    await tx.query({ text: 'DELETE FROM source_name WHERE name = ANY($1::text[])', values: [names.map(({ name }) => name).filter((name) => finder.isIn(name))] });
    for (const [table, column] of freeTexts) await tx.query({ text: `UPDATE ${table} SET ${column} = '(erased)' WHERE ${holds(column, '$1')}`, values: [emails] });
    await tx.query({ text: `DELETE FROM messaging_dead_letter WHERE key = ANY(SELECT convert_to(k, 'UTF8') FROM unnest($2::text[]) k) OR ${holdsBytes('value', '$1')} OR ${holds('headers::text', '$1')}`, values: [texts, keys] });
    // Senders choose the ids of their messages. Without one the place in the log is not compared.
    await tx.query({ text: `UPDATE messaging_offset SET last_event_id = NULL WHERE ${holds('last_event_id', '$1')}`, values: [[...keys, ...emails]] });
    for (const id of await this.scrubAccounts(tx, finder, texts)) accounts.add(id);
    return { messages: own.reduce((sum, { messages }) => sum + Number(messages), others.messages), rejected, accountIds: [...accounts].sort() };
  }

  async eraseWords(tx: Transaction, traces: Traces, accountIds: readonly string[], at: Date): Promise<void> {
    await tx.query({ text: 'UPDATE account SET erased_at = $2 WHERE id = ANY($1::text[])', values: [accountIds, at] });
    for (const accountId of accountIds) {
      const words = wordsOf(traces, accountId);
      // A short name stands within many words of others. Somebody else of the same name keeps it.
      const text = `SELECT week, source_id, message_id, account_id, data FROM message WHERE account_id = $2 AND kind <> 'person' AND ${holds('data::text', '$1')}`;
      for await (const rows of inPages<ScrubbedRow>(tx, { text, values: [words.searched, accountId] })) {
        await this.saveMessages(tx, rows.map((row) => ({ ...row, next: words.from(row.data) })).filter(({ data, next }) => next !== data));
      }
      const accounts = await tx.query<{ traits: unknown }>({ text: `SELECT doc -> 'traits' AS traits FROM account WHERE id = $2 AND ${holds("(doc -> 'traits')::text", '$1')} FOR UPDATE`, values: [words.searched, accountId] });
      for (const { traits } of accounts) await tx.query({ text: `UPDATE account SET doc = jsonb_set(doc, '{traits}', $2::jsonb) WHERE id = $1`, values: [accountId, JSON.stringify(words.from(traits))] });
    }
  }

  /** Rows of a query of one WHERE, in the order of a column that tells them apart, page by page: whoever reads them may be slow, and no transaction waits for them. */
  private async *byKey<Row>(column: keyof Row & string, type: 'bigint' | 'text', size: number, { text, values = [] }: Statement): AsyncIterable<Row> {
    const behind = `$${values.length + 1}`;
    for (let after: unknown = null; ; ) {
      const rows = await this.database.query<Row>({ text: `${text} AND (${behind}::${type} IS NULL OR ${column} > ${behind}::${type}) ORDER BY ${column} LIMIT ${size}`, values: [...values, after] });
      yield* rows;
      if (rows.length < size) return;
      after = rows.at(-1)?.[column];
    }
  }

  private async *rowsOf(kind: ExportedRow['kind'], text: string, values: unknown[]): AsyncIterable<ExportedRow> {
    for (const row of await this.database.query({ text, values })) yield { kind, row };
  }

  /** Others' messages that named the person, and their accounts; also where a number or a short id stays, for it may be the person. */
  private async scrubMessages(tx: Transaction, finder: PersonFinder, texts: readonly string[]): Promise<{ messages: number; accountIds: ReadonlySet<string | null> }> {
    const accountIds = new Set<string | null>();
    let messages = 0;
    // The digits of an id stand within many numbers.
    for await (const rows of inPages<ScrubbedRow>(tx, { text: `SELECT week, source_id, message_id, account_id, data FROM message WHERE ${holds('data::text', '$1')}`, values: [texts] })) {
      const scrubbed = rows.map((row) => ({ ...row, next: finder.scrubbed(row.data) })).map((row) => ({ ...row, isChanged: JSON.stringify(row.next) !== JSON.stringify(row.data) }));
      await this.saveMessages(tx, scrubbed.filter(({ isChanged }) => isChanged));
      for (const { account_id } of scrubbed.filter(({ isChanged, data }) => isChanged || finder.isIn(data))) {
        accountIds.add(account_id);
        messages++;
      }
    }
    return { messages, accountIds };
  }

  private async saveMessages(tx: Transaction, changed: readonly (ScrubbedRow & { next: unknown })[]): Promise<void> {
    if (changed.length === 0) return;
    await tx.query({
      text: `UPDATE message m SET data = n.data FROM unnest($1::integer[], $2::text[], $3::text[], $4::json[]) AS n (week, source_id, message_id, data)
             WHERE m.week = n.week AND m.source_id = n.source_id AND m.message_id = n.message_id`,
      values: [changed.map((c) => c.week), changed.map((c) => c.source_id), changed.map((c) => c.message_id), changed.map((c) => JSON.stringify(c.next))],
    });
  }

  /** Ids of accounts whose fields or traits named the person. */
  private async scrubAccounts(tx: Transaction, finder: PersonFinder, texts: readonly string[]): Promise<string[]> {
    const scrubbed: string[] = [];
    const naming = accountsNaming(texts);
    for await (const rows of inPages<AccountRow>(tx, { ...naming, text: `${naming.text} ORDER BY id FOR UPDATE` }, largeRows)) {
      const changed = rows.map(({ id, doc }) => ({ id, before: JSON.stringify(doc), doc: JSON.stringify(finder.scrubbed(doc)) })).filter(({ before, doc }) => doc !== before);
      if (changed.length > 0) await tx.query({ text: 'UPDATE account a SET doc = n.doc FROM unnest($1::text[], $2::jsonb[]) AS n (id, doc) WHERE a.id = n.id', values: [changed.map(({ id }) => id), changed.map(({ doc }) => doc)] });
      scrubbed.push(...changed.map(({ id }) => id));
    }
    return scrubbed;
  }
}

const accountsNaming = (texts: readonly string[]): Statement => ({ text: `SELECT id, doc FROM account WHERE ${holds('doc::text', '$1')}`, values: [texts] });
const rejectedNaming = (texts: readonly string[]): Statement => ({
  text: `SELECT seq, id, source_id, received_at, code, detail, payload, event FROM rejected WHERE (${holds('payload', '$1')} OR ${holds('event', '$1')} OR ${holds('detail', '$1')})`,
  values: [texts],
});
const isRejectedOf = (finder: PersonFinder, { detail, payload, event }: RejectedRow): boolean => finder.isIn(detail) || finder.isIn(JSON.parse(payload)) || (event !== null && finder.isIn(JSON.parse(event)));
