import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import type { Sql } from '@perennial/persistence/transaction';
import { encodeDay, type KeptDay } from '../src/domain/days/day-codec.js';
import { isoDay } from '../src/domain/time/day.js';

/** Puts accounts with their days where looks would have put them; what lists show of them is left out. */
export async function storeDays(sql: Sql, accounts: readonly { readonly accountId: string; readonly days: readonly KeptDay[] }[]): Promise<void> {
  await sql.query({ text: 'INSERT INTO portfolio (account_id) SELECT * FROM unnest($1::text[])', values: [accounts.map(({ accountId }) => accountId)] });
  const rows = accounts.flatMap(({ accountId, days }) => days.map((day) => ({ accountId, ...day })));
  const packed = PackedBuffers.of(rows.map((row) => encodeDay(row, row.day)));
  await sql.query({
    text: `INSERT INTO health_day (account_id, day, band, risk_level, data_coverage, strikes, scorecard_id, scorecard_revision, looked_at, facts)
           SELECT id, day, 'green', 'green', 1, 0, card, revision, at, substr($6::bytea, start, length)
           FROM unnest($1::text[], $2::date[], $3::text[], $4::integer[], $5::timestamptz[], $7::integer[], $8::integer[]) AS d (id, day, card, revision, at, start, length)`,
    values: [rows.map((r) => r.accountId), rows.map((r) => isoDay(r.day)), rows.map((r) => r.judgedBy.id), rows.map((r) => r.judgedBy.revision), rows.map((r) => new Date(r.facts.asOf)), packed.bytes, packed.starts, packed.lengths],
  });
}
