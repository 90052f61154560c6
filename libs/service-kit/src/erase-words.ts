import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { Transaction } from '@perennial/persistence/transaction';

/** Rows in which a service keeps what it learnt of people in words. */
export interface WordedRows {
  readonly table: string;
  /** Primary key of one column, and its type. */
  readonly key: string;
  readonly keyType: 'uuid' | 'bigint' | 'text';
  /** SQL condition: the rows of account `$1`. */
  readonly ofAccount: string;
  /** Sentences, and JSON as `text` or `jsonb`. */
  readonly columns: Readonly<Record<string, 'sentence' | 'json' | 'jsonb'>>;
}

const rowsAtOnce = 500;

/** Takes a person out of an account's rows; whoever else changes these rows waits until `tx` ends. Again changes nothing. */
export async function eraseWords(tx: Transaction, { table, key, keyType, ofAccount, columns }: WordedRows, accountId: string, words: ErasedWords): Promise<void> {
  const names = Object.keys(columns);
  const holding = names.map((name) => `strpos(lower(${name}::text), lower(t)) > 0`).join(' OR ');
  for (let after: string | null = null, more = true; more; ) {
    const rows: Record<string, string | null>[] = await tx.query({
      text: `SELECT ${key}::text AS "key", ${names.map((name) => `${name}::text AS ${name}`).join(', ')} FROM ${table}
             WHERE (${ofAccount}) AND ($2::${keyType} IS NULL OR ${key} > $2::${keyType}) AND EXISTS (SELECT 1 FROM unnest($3::text[]) t WHERE ${holding})
             ORDER BY ${table}.${key} LIMIT ${rowsAtOnce} FOR NO KEY UPDATE`,
      values: [accountId, after, words.searched],
    });
    const cleaned = (name: string, text: string | null | undefined): string | null => {
      if (text === null || text === undefined) return null;
      return columns[name] === 'sentence' ? words.fromText(text) : JSON.stringify(words.from(JSON.parse(text) as unknown));
    };
    if (rows.length > 0) {
      await tx.query({
        text: `UPDATE ${table} AS old SET ${names.map((name) => `${name} = new.${name}::${columns[name] === 'jsonb' ? 'jsonb' : 'text'}`).join(', ')}
               FROM unnest($1::${keyType}[], ${names.map((_, at) => `$${at + 2}::text[]`).join(', ')}) AS new (key, ${names.join(', ')}) WHERE old.${key} = new.key`,
        values: [rows.map((row) => row['key']), ...names.map((name) => rows.map((row) => cleaned(name, row[name])))],
      });
    }
    more = rows.length === rowsAtOnce;
    after = rows.at(-1)?.['key'] ?? null;
  }
}
