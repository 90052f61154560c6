import { Injectable } from '@nestjs/common';
import { forgetRows } from '@perennial/persistence/forget-rows';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import type { RejectedEvent } from '../domain/hooks/hook-source.js';
import type { ItemFault } from '../domain/item-fault.js';
import { RejectedStore, type Rejected, type RejectedFilter, type RejectedPage } from '../application/rejected-store.js';

const columns = `id, source_id AS "sourceId", received_at AS "receivedAt", code, pointer, detail, payload, state, vendor, call, sent_at AS "sentAt", event, settled_at AS "settledAt"`;
const fits = `($1::text IS NULL OR source_id = $1 OR starts_with(source_id, $1 || '/')) AND ($2::text IS NULL OR code = $2) AND ($3::text IS NULL OR state = $3)
              AND ($4::timestamptz IS NULL OR received_at >= $4) AND ($5::timestamptz IS NULL OR received_at <= $5)`;
/** Of what was sent, as it lies in memory at once: a webhook's event alone may take 768 KiB. */
const listedBytes = 4 * 1024 * 1024;
const claimedBytes = 16 * 1024 * 1024;
/** Which row, and how large: lengths are read without the texts. */
const sized = 'id, octet_length(payload) + coalesce(octet_length(event), 0) AS bytes';
const valuesOf = ({ sourceId, code, state, from, to }: RejectedFilter): unknown[] => [sourceId, code, state, from, to];

@Injectable()
export class PostgresRejectedStore extends RejectedStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, rejected: readonly Rejected[]): Promise<void> {
    if (rejected.length === 0) return;
    await tx.query({
      name: 'add-rejected',
      text: `INSERT INTO rejected (id, source_id, received_at, code, pointer, detail, payload, state, vendor, call, sent_at, event)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) ON CONFLICT (id) DO NOTHING`,
      values: [
        rejected.map((r) => r.id), rejected.map((r) => r.sourceId), rejected.map((r) => r.receivedAt), rejected.map((r) => r.code),
        rejected.map((r) => r.pointer), rejected.map((r) => r.detail), rejected.map((r) => r.payload), rejected.map((r) => r.state),
        rejected.map((r) => r.vendor), rejected.map((r) => r.call), rejected.map((r) => r.sentAt),
        rejected.map((r) => (r.event === null ? null : JSON.stringify(r.event))),
      ],
    });
  }

  list(filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<RejectedPage> {
    return pageOf(this.database, listedBytes, limit, {
      text: `SELECT ${sized} FROM rejected WHERE ${fits} AND ($6::uuid IS NULL OR seq < (SELECT seq FROM rejected WHERE id = $6)) ORDER BY seq DESC LIMIT $7`,
      values: [...valuesOf(filter), startingAfter, limit + 1],
    });
  }

  async find(id: string): Promise<Rejected | null> {
    const [row] = await rowsOf(this.database, { text: `SELECT ${columns} FROM rejected WHERE id = $1`, values: [id] });
    return row ?? null;
  }

  claim(tx: Transaction, ids: readonly string[]): Promise<RejectedPage> {
    return pageOf(tx, claimedBytes, ids.length, { text: `SELECT ${sized} FROM rejected WHERE id = ANY($1::uuid[]) AND state IN ('open', 'dismissed') ORDER BY seq FOR UPDATE`, values: [ids] });
  }

  claimSome(tx: Transaction, filter: RejectedFilter, limit: number, startingAfter: string | null): Promise<RejectedPage> {
    return pageOf(tx, claimedBytes, limit, {
      text: `SELECT ${sized} FROM rejected WHERE ${fits} AND state = 'open' AND ($6::uuid IS NULL OR seq > (SELECT seq FROM rejected WHERE id = $6)) ORDER BY seq LIMIT $7 FOR UPDATE`,
      values: [...valuesOf(filter), startingAfter, limit],
    });
  }

  async replayed(tx: Transaction, ids: readonly string[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    await tx.query({ text: `UPDATE rejected SET state = 'replayed', settled_at = $2 WHERE id = ANY($1::uuid[])`, values: [ids, at] });
  }

  async dismiss(which: readonly string[] | RejectedFilter, limit: number, at: Date): Promise<number> {
    const [condition, values] = 'sourceId' in which ? [fits, valuesOf(which)] : ['id = ANY($1::uuid[])', [which]];
    const [limited, settled] = [`$${values.length + 1}`, `$${values.length + 2}`];
    const rows = await this.database.query({
      text: `UPDATE rejected SET state = 'dismissed', settled_at = ${settled} WHERE state = 'open' AND id IN (SELECT id FROM rejected WHERE ${condition} AND state = 'open' ORDER BY seq LIMIT ${limited} FOR UPDATE) RETURNING id`,
      values: [...values, limit, at],
    });
    return rows.length;
  }

  async refusedAgain(tx: Transaction, refused: readonly { readonly id: string; readonly fault: ItemFault }[]): Promise<void> {
    if (refused.length === 0) return;
    await tx.query({
      text: `UPDATE rejected r SET code = n.code, pointer = n.pointer, detail = n.detail FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS n (id, code, pointer, detail) WHERE r.id = n.id`,
      values: [refused.map(({ id }) => id), refused.map(({ fault }) => fault.code), refused.map(({ fault }) => (fault.pointer === '' ? null : fault.pointer)), refused.map(({ fault }) => fault.detail)],
    });
  }

  async oldest(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(received_at) AS at FROM rejected');
    return row?.at ?? null;
  }

  forgetBefore(instant: Date): Promise<void> {
    return forgetRows(this.database, 'rejected', 'received_at < $1', [instant]);
  }
}

/** At most `limit` of the rows that `query` finds, the first of them whatever its size, and no more than fit into `mostBytes` together. */
async function pageOf(sql: Sql, mostBytes: number, limit: number, query: { readonly text: string; readonly values: unknown[] }): Promise<RejectedPage> {
  const found = await sql.query<{ id: string; bytes: number }>(query);
  let bytes = 0;
  const tooMany = found.findIndex((row, at) => at === limit || ((bytes += row.bytes) > mostBytes && at > 0));
  const ids = found.map(({ id }) => id);
  const [taken, left] = tooMany < 0 ? [ids, []] : [ids.slice(0, tooMany), ids.slice(tooMany)];
  if (taken.length === 0) return { rows: [], left };
  const rows = await rowsOf(sql, { text: `SELECT ${columns} FROM rejected JOIN unnest($1::uuid[]) WITH ORDINALITY AS n (id, nth) USING (id) ORDER BY nth`, values: [taken] });
  return { rows, left };
}

/** The event is kept as text: JSON columns take neither NUL nor half characters, which senders' ids may hold. */
async function rowsOf(sql: Sql, query: { readonly text: string; readonly values: unknown[] }): Promise<Rejected[]> {
  const rows = await sql.query<Omit<Rejected, 'event'> & { event: string | null }>(query);
  return rows.map((row) => ({ ...row, event: row.event === null ? null : (JSON.parse(row.event) as RejectedEvent) }));
}
