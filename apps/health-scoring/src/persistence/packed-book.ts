import type { Sql } from '@perennial/persistence/transaction';
import { isoDay, type EpochDay } from '../domain/time/day.js';

export interface PackedAccount {
  readonly accountId: string;
  /** For `unpackDays`. */
  readonly days: Buffer;
}

/** As `DayStore.book`, for who unpacks by itself; an account without a day has empty ones. */
export function packedBook(sql: Sql, from: EpochDay, to: EpochDay, after: string | null, limit: number): Promise<PackedAccount[]> {
  return sql.query<PackedAccount>({
    name: 'book-of-days',
    // One piece an account: a row a day would cost more to take over than to judge.
    text: `SELECT p.account_id AS "accountId", coalesce(d.days, '') AS days FROM (SELECT account_id FROM portfolio WHERE account_id > $1 AND merged_into IS NULL ORDER BY account_id LIMIT $4) p
           CROSS JOIN LATERAL (
             SELECT string_agg(int4send(day - date '1970-01-01') || int8send((extract(epoch FROM looked_at) * 1000)::bigint) || int4send(scorecard_revision)
               || int4send(octet_length(scorecard_id)) || convert_to(scorecard_id, 'UTF8') || int4send(octet_length(facts)) || facts, ''::bytea ORDER BY day) AS days
             FROM health_day WHERE account_id = p.account_id AND day >= $2::date AND day <= $3::date AND facts IS NOT NULL
           ) d ORDER BY p.account_id`,
    values: [after ?? '', isoDay(from), isoDay(to), limit],
  });
}

/** By what days were read. */
export async function readingPlans(sql: Sql): Promise<{ id: number; keys: string[] }[]> {
  return (await sql.query<{ id: number; keys: string }>({ name: 'reading-plans', text: 'SELECT id, keys FROM reading_plan' })).map(({ id, keys }) => ({ id, keys: keys.split('\n') }));
}
