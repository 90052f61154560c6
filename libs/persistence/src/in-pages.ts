import type { Statement, Transaction } from './transaction.js';

/**
 * Rows of a query, at most `pageSize` in memory at a time (fewer where a row may be large), as they were when the first page was asked for: what `tx` changes meanwhile
 * is not read again. The table is read once however many pages there are. One query at a time in a transaction, to its end.
 */
export async function* inPages<Row>(tx: Transaction, { text, values }: Statement, pageSize = 500): AsyncIterable<Row[]> {
  await tx.query({ text: `DECLARE pages NO SCROLL CURSOR FOR ${text}`, ...(values ? { values } : {}) });
  for (let more = true; more; ) {
    const rows = await tx.query<Row>(`FETCH ${pageSize} FROM pages`);
    more = rows.length === pageSize;
    if (rows.length > 0) yield rows;
  }
  await tx.query('CLOSE pages');
}
