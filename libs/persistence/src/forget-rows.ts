import type { Database } from './transaction.js';

const rowsAtOnce = 1_000;

/**
 * Deletes the rows that `condition` names, some at a time, so that nobody waits long for them; rows that somebody
 * holds are left for the next time. Table and condition are words of the caller's own code.
 */
export async function forgetRows(database: Database, table: string, condition: string, values: readonly unknown[]): Promise<void> {
  for (let gone = rowsAtOnce; gone === rowsAtOnce; ) {
    const rows = await database.query({
      text: `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${rowsAtOnce} FOR UPDATE SKIP LOCKED)) RETURNING true`,
      values,
    });
    gone = rows.length;
  }
}
