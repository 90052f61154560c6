import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { HealthState } from '@perennial/contracts/health';
import { Database } from '@perennial/persistence/transaction';
import type { TreeAccount } from '../domain/hierarchy/roll-up.js';
import type { ShadowScore } from '../domain/verdict/shadow-score.js';
import { HealthQueries, type AccountRow, type HealthDay, type HealthDayNow, type PortfolioFilter } from '../application/health-queries.js';

interface DayRow {
  readonly day: string;
  readonly health: string | null;
  readonly raw: string | null;
  readonly band: HealthDay['band'];
  readonly risk: HealthDay['riskLevel'];
  readonly coverage: number;
  readonly strikes: number;
  readonly card: string;
  readonly revision: number;
  readonly shadows: ShadowScore[] | null;
}

const dayColumns = `to_char(d.day, 'YYYY-MM-DD') AS day, d.health_score AS health, d.raw_score AS raw, d.band, d.risk_level AS risk, d.data_coverage AS coverage, d.strikes, d.scorecard_id AS card, d.scorecard_revision AS revision, d.shadows`;
const daysOfAccount = `WHERE d.account_id = $1 AND d.day >= coalesce($2::date, '-infinity') AND d.day <= coalesce($3::date, 'infinity') AND d.day > coalesce($4::date, '-infinity') ORDER BY d.day LIMIT $5`;
const share = (kept: number): number => Math.round(kept * 10_000) / 10_000;
const dayOf = (row: DayRow): HealthDay => ({
  day: row.day, healthScore: number(row.health), rawScore: number(row.raw), band: row.band, riskLevel: row.risk, dataCoverage: share(row.coverage), strikes: row.strikes,
  scorecard: { id: row.card, revision: row.revision }, shadows: row.shadows ?? [],
});
const number = (text: string | null): number | null => (text === null ? null : Number(text));

@Injectable()
export class PostgresHealthQueries extends HealthQueries {
  constructor(private readonly database: Database) {
    super();
  }

  async portfolio(filter: PortfolioFilter, limit: number, startingAfter: string | null): Promise<AccountRow[] | null> {
    const rows = await this.database.query<AccountRow & { arrMinor: string | null; healthScore: string | null }>({
      name: 'portfolio',
      text: `SELECT account_id AS id, name, owner_id AS "ownerId", segment, tier, arr_minor AS "arrMinor", currency, to_char(renewal_on, 'YYYY-MM-DD') AS "renewalOn",
                    to_char(notice_on, 'YYYY-MM-DD') AS "noticeOn", health_score AS "healthScore", band, risk_level AS "riskLevel", strikes, trend
             FROM portfolio
             WHERE merged_into IS NULL
               AND ($1::text IS NULL OR risk_level = $1) AND ($2::text IS NULL OR band = $2) AND ($3::text IS NULL OR owner_id = $3) AND ($4::text IS NULL OR segment = $4)
               AND ($5::text IS NULL OR strpos(lower(account_id), lower($5)) > 0 OR strpos(lower(name), lower($5)) > 0)
               AND ($6::text IS NULL OR (risk_rank, -coalesce(arr_minor, 0), account_id) > (SELECT risk_rank, -coalesce(arr_minor, 0), account_id FROM portfolio WHERE account_id = $6))
             ORDER BY risk_rank, -coalesce(arr_minor, 0), account_id LIMIT $7`,
      values: [filter.riskLevel ?? null, filter.band ?? null, filter.ownerId ?? null, filter.segment ?? null, filter.q ?? null, startingAfter, limit],
    });
    if (rows.length === 0 && startingAfter !== null && !(await this.isListed(startingAfter))) return null;
    return rows.map((row) => ({ ...row, arrMinor: number(row.arrMinor), healthScore: number(row.healthScore) }));
  }

  private async isListed(accountId: string): Promise<boolean> {
    return (await this.database.query({ name: 'is-listed', text: 'SELECT 1 FROM portfolio WHERE account_id = $1', values: [accountId] })).length === 1;
  }

  async health(accountId: string): Promise<HealthState | null> {
    const [row] = await this.database.query<{ verdict: string | null; version: string | null }>({
      name: 'health',
      text: 'SELECT verdict, verdict_version AS version FROM portfolio WHERE account_id = $1',
      values: [accountId],
    });
    if (!row?.verdict) return null;
    return { ...(JSON.parse(row.verdict) as Omit<HealthState, 'version'>), version: Number(row.version) };
  }

  async tree(accountId: string, limit: number): Promise<TreeAccount[]> {
    const rows = await this.database.query<TreeAccount & { arrMinor: string | null; healthScore: string | null }>({
      name: 'account-tree',
      text: `WITH RECURSIVE tree AS (
               SELECT p.*, 0 AS depth FROM portfolio p WHERE p.account_id = $1 AND p.verdict IS NOT NULL
               UNION ALL
               SELECT p.*, t.depth + 1 FROM tree t JOIN portfolio p ON p.parent_id = t.account_id WHERE p.merged_into IS NULL
             ) CYCLE account_id SET is_cycle USING path
             SELECT account_id AS id, name, parent_id AS "parentId", depth, arr_minor AS "arrMinor", currency, health_score AS "healthScore", band, risk_level AS "riskLevel", strikes,
                    coalesce(verdict::jsonb #> '{strikes,groups}', '[]') AS groups
             FROM tree WHERE NOT is_cycle ORDER BY depth, account_id LIMIT $2`,
      values: [accountId, limit],
    });
    return rows.map((row) => ({ ...row, arrMinor: number(row.arrMinor), healthScore: number(row.healthScore) }));
  }

  async history(accountId: string, from: string | null, to: string | null, limit: number, startingAfter: string | null): Promise<HealthDay[]> {
    const rows = await this.database.query<DayRow>({ name: 'health-history', text: `SELECT ${dayColumns} FROM health_day d ${daysOfAccount}`, values: [accountId, from, to, startingAfter, limit] });
    return rows.map(dayOf);
  }

  async historyNow(accountId: string, from: string | null, to: string | null, limit: number, startingAfter: string | null): Promise<HealthDayNow[]> {
    const rows = await this.database.query<DayRow & { now: Pick<DayRow, 'band' | 'risk' | 'coverage' | 'strikes'> & { health: number | null; raw: number | null } | null; unknown: string[] | null; left: boolean }>({
      name: 'health-history-now',
      text: `SELECT ${dayColumns}, l.account_id IS NOT NULL AS left, r.unknown,
               CASE WHEN r.day IS NOT NULL THEN json_build_object('health', r.health_score, 'raw', r.raw_score, 'band', r.band, 'risk', r.risk_level, 'coverage', r.data_coverage, 'strikes', r.strikes) END AS now
             FROM health_day d LEFT JOIN restated_day r USING (account_id, day) LEFT JOIN days_left l ON l.account_id = d.account_id AND l.days @> d.day ${daysOfAccount}`,
      values: [accountId, from, to, startingAfter, limit],
    });
    return rows.map(({ now, unknown, left, ...row }) => {
      const then = dayOf(row);
      if (left) return { ...then, restated: { differs: null, unknown: ['everything'] } };
      if (now === null) return { ...then, restated: null };
      const known = { ...then, healthScore: now.health, rawScore: now.raw, band: now.band, riskLevel: now.risk, dataCoverage: share(now.coverage), strikes: now.strikes };
      return { ...known, shadows: [], restated: { differs: !isDeepStrictEqual(known, then), unknown: unknown ?? [] } };
    });
  }
}
