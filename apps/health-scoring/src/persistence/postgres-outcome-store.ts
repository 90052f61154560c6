import { Injectable } from '@nestjs/common';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { OutcomeStore, type AccountOutcomes, type KnownOutcomes } from '../application/outcome-store.js';
import type { CustomerDay } from '../domain/backtest/customer-day.js';
import { isoDay, isoInstant } from '../domain/time/day.js';

const epochDay = (column: string): string => `(${column} - date '1970-01-01')`;

@Injectable()
export class PostgresOutcomeStore extends OutcomeStore {
  async keepOutcomes(tx: Transaction, accounts: readonly AccountOutcomes[]): Promise<void> {
    const rows = accounts.flatMap(({ accountId, outcomes }) => outcomes.map((outcome) => ({ accountId, ...outcome })));
    await tx.query({
      name: 'keep-outcomes',
      text: `WITH told AS (
               SELECT * FROM unnest($2::text[], $3::text[], $4::date[], $5::date[], $6::boolean[], $7::date[]) AS t (account_id, renewal_id, starts_on, notice_on, lost, decided_on)
             ), gone AS (
               DELETE FROM contract_outcome o USING unnest($1::text[]) AS asked (account_id) WHERE o.account_id = asked.account_id AND NOT EXISTS (SELECT FROM told t WHERE t.account_id = o.account_id AND t.renewal_id = o.renewal_id)
             )
             INSERT INTO contract_outcome AS o SELECT * FROM told
             ON CONFLICT (account_id, renewal_id) DO UPDATE SET starts_on = excluded.starts_on, notice_on = excluded.notice_on, lost = excluded.lost, decided_on = excluded.decided_on
             WHERE o IS DISTINCT FROM excluded`,
      values: [
        accounts.map(({ accountId }) => accountId), rows.map((row) => row.accountId), rows.map((row) => row.renewalId), rows.map((row) => (row.startsOn === null ? null : isoDay(row.startsOn))),
        rows.map((row) => isoDay(row.noticeOn)), rows.map((row) => row.lost), rows.map((row) => (row.decidedOn === null ? null : isoDay(row.decidedOn))),
      ],
    });
  }

  async keepDays(tx: Transaction, forgotten: readonly string[], days: readonly CustomerDay[]): Promise<void> {
    if (forgotten.length > 0) await tx.query({ name: 'forget-customer-days', text: 'DELETE FROM customer_day WHERE account_id = ANY($1)', values: [forgotten] });
    if (days.length === 0) return;
    await tx.query({
      name: 'keep-customer-days',
      text: `INSERT INTO customer_day AS d (account_id, day, has_outreach, nps, nps_at, nps_id) SELECT * FROM unnest($1::text[], $2::date[], $3::boolean[], $4::numeric[], $5::timestamptz[], $6::text[])
             ON CONFLICT (account_id, day) DO UPDATE SET has_outreach = d.has_outreach OR excluded.has_outreach,
               (nps, nps_at, nps_id) = (SELECT * FROM (VALUES (d.nps, d.nps_at, d.nps_id), (excluded.nps, excluded.nps_at, excluded.nps_id)) AS v (nps, nps_at, nps_id) ORDER BY nps_at DESC NULLS LAST, nps_id COLLATE "C" DESC LIMIT 1)`,
      values: [
        days.map(({ accountId }) => accountId), days.map(({ day }) => isoDay(day)), days.map(({ hasOutreach }) => hasOutreach), days.map(({ nps }) => nps?.score ?? null),
        days.map(({ nps }) => (nps === null ? null : isoInstant(nps.at))), days.map(({ nps }) => nps?.id ?? null),
      ],
    });
  }

  async known(sql: Sql, accountIds: readonly string[]): Promise<Map<string, KnownOutcomes>> {
    const [outcomes, days] = await Promise.all([
      sql.query<{ account_id: string; segment: string | null; starts_on: number | null; notice_on: number; lost: boolean; decided_on: number | null }>({
        name: 'known-outcomes',
        text: `SELECT o.account_id, p.segment, ${epochDay('starts_on')} AS starts_on, ${epochDay('o.notice_on')} AS notice_on, lost, ${epochDay('decided_on')} AS decided_on
               FROM unnest($1::text[]) AS asked (account_id) JOIN contract_outcome o USING (account_id) LEFT JOIN portfolio p USING (account_id) ORDER BY o.account_id, o.notice_on, renewal_id`,
        values: [accountIds],
      }),
      sql.query<{ account_id: string; day: number; has_outreach: boolean; nps: string | null; nps_at: Date | null; nps_id: string | null }>({
        name: 'known-customer-days',
        text: `SELECT account_id, ${epochDay('day')} AS day, has_outreach, nps, nps_at, nps_id FROM unnest($1::text[]) AS asked (account_id) JOIN customer_day USING (account_id) ORDER BY account_id, day`,
        values: [accountIds],
      }),
    ]);
    const daysOf = Map.groupBy(days, ({ account_id: accountId }) => accountId);
    return new Map([...Map.groupBy(outcomes, ({ account_id: accountId }) => accountId)].map(([accountId, rows]) => [accountId, {
      segment: rows[0]!.segment,
      outcomes: rows.map((row) => ({ startsOn: row.starts_on, noticeOn: row.notice_on, lost: row.lost, decidedOn: row.decided_on })),
      days: (daysOf.get(accountId) ?? []).map((row) => ({ accountId, day: row.day, hasOutreach: row.has_outreach, nps: row.nps === null ? null : { score: Number(row.nps), at: row.nps_at!.getTime(), id: row.nps_id! } })),
    }]));
  }

  async accountsWithOutcomes(sql: Sql, after: string | null, limit: number): Promise<string[]> {
    const rows = await sql.query<{ account_id: string }>({
      name: 'accounts-with-outcomes', text: 'SELECT DISTINCT account_id FROM contract_outcome WHERE account_id > $1 ORDER BY account_id LIMIT $2', values: [after ?? '', limit],
    });
    return rows.map(({ account_id: accountId }) => accountId);
  }

  async countAccounts(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ count: number }>({ name: 'count-accounts-with-outcomes', text: 'SELECT count(DISTINCT account_id)::integer AS count FROM contract_outcome', values: [] });
    return row!.count;
  }
}
