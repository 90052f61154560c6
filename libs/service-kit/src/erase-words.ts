import type { ErasedWords } from '@perennial/contracts/erased-words';
import { inPages } from '@perennial/persistence/in-pages';
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

/** Takes a person out of an account's rows; whoever else changes these rows waits until `tx` ends. Again changes nothing. */
export async function eraseWords(tx: Transaction, { table, key, keyType, ofAccount, columns }: WordedRows, accountId: string, words: ErasedWords): Promise<void> {
  const names = Object.keys(columns);
  const holding = names.map((name) => `strpos(lower(${name}::text), lower(t)) > 0`).join(' OR ');
  const cleaned = (name: string, text: string | null | undefined): string | null => {
    if (text === null || text === undefined) return null;
    if (columns[name] === 'sentence') return words.fromText(text);
    const value = JSON.parse(text) as unknown;
    const next = words.from(value);
    return next === value ? text : JSON.stringify(next);
  };
  const text = `SELECT ${key}::text AS "key", ${names.map((name) => `${name}::text AS ${name}`).join(', ')} FROM ${table}
                WHERE (${ofAccount}) AND EXISTS (SELECT 1 FROM unnest($2::text[]) t WHERE ${holding}) ORDER BY ${table}.${key} FOR NO KEY UPDATE`;
  for await (const rows of inPages<Record<string, string | null>>(tx, { text, values: [accountId, words.searched] })) {
    const next = rows.map((row) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, cleaned(name, row[name])])) }));
    const changed = next.filter((row: Record<string, string | null>, at) => names.some((name) => row[name] !== rows[at]![name]));
    if (changed.length === 0) continue;
    await tx.query({
      text: `UPDATE ${table} AS old SET ${names.map((name) => `${name} = new.${name}::${columns[name] === 'jsonb' ? 'jsonb' : 'text'}`).join(', ')}
             FROM unnest($1::${keyType}[], ${names.map((_, at) => `$${at + 2}::text[]`).join(', ')}) AS new (key, ${names.join(', ')}) WHERE old.${key} = new.key`,
      values: [changed.map((row) => row['key']), ...names.map((name) => changed.map((row: Record<string, string | null>) => row[name]))],
    });
  }
}
