import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { CohortStore } from '../application/cohort-store.js';
import type { Cohort, CohortQuantiles } from '../domain/explain/cohorts.js';
import { isoDay, type EpochDay } from '../domain/time/day.js';

@Injectable()
export class PostgresCohortStore extends CohortStore {
  constructor(private readonly database: Database) {
    super();
  }

  async hasAny(sql: Sql, fewest: number): Promise<boolean> {
    const [row] = await sql.query<{ found: number }>({ name: 'judged-accounts', text: 'SELECT count(*)::int AS found FROM (SELECT FROM portfolio WHERE verdict IS NOT NULL AND merged_into IS NULL LIMIT $1) p', values: [fewest] });
    return (row?.found ?? 0) >= fewest;
  }

  async has(sql: Sql, day: EpochDay): Promise<boolean> {
    return (await sql.query({ name: 'has-cohort-table', text: 'SELECT 1 FROM cohort_table WHERE day = $1::date', values: [isoDay(day)] })).length === 1;
  }

  async save(tx: Transaction, day: EpochDay, quantiles: readonly CohortQuantiles[], forgetBefore: EpochDay): Promise<void> {
    const column = <K extends keyof CohortQuantiles>(name: K): CohortQuantiles[K][] => quantiles.map((one) => one[name]);
    await tx.query({
      name: 'save-cohort-table',
      text: `WITH made AS (INSERT INTO cohort_table (day) VALUES ($1::date) ON CONFLICT DO NOTHING RETURNING day)
             INSERT INTO cohort_quantile (day, scorecard_id, segment, tenure, measure, accounts, q25, q50, q75)
             SELECT made.day, q.* FROM made, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::numeric[], $8::numeric[], $9::numeric[]) AS q`,
      values: [isoDay(day), column('scorecardId'), column('segment'), column('tenure'), column('measure'), column('accounts'), column('q25'), column('q50'), column('q75')],
    });
    await tx.query({ name: 'forget-cohort-tables', text: 'DELETE FROM cohort_table WHERE day < $1::date', values: [isoDay(forgetBefore)] });
  }

  async newest({ scorecardId, segment, tenure }: Cohort): Promise<{ readonly table: string; readonly quantiles: readonly CohortQuantiles[] } | null> {
    const rows = await this.database.query<{ table: string; measure: string | null; accounts: number; q25: string; q50: string; q75: string }>({
      name: 'newest-cohort',
      text: `SELECT t.day::text AS table, q.measure, q.accounts, q.q25, q.q50, q.q75 FROM (SELECT max(day) AS day FROM cohort_table) t
             LEFT JOIN cohort_quantile q ON q.day = t.day AND q.scorecard_id = $1 AND q.segment IS NOT DISTINCT FROM $2 AND q.tenure = $3 WHERE t.day IS NOT NULL`,
      values: [scorecardId, segment, tenure],
    });
    const [first] = rows;
    if (first === undefined) return null;
    return {
      table: first.table,
      quantiles: rows.flatMap(({ measure, accounts, q25, q50, q75 }) => (measure === null ? [] : [{ scorecardId, segment, tenure, measure, accounts, q25: Number(q25), q50: Number(q50), q75: Number(q75) }])),
    };
  }
}
