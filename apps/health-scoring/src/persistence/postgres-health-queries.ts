import { Injectable } from '@nestjs/common';
import type { HealthState } from '@perennial/contracts/health';
import { Database } from '@perennial/persistence/transaction';
import type { TreeAccount } from '../domain/hierarchy/roll-up.js';
import type { ShadowScore } from '../domain/verdict/shadow-score.js';
import { HealthQueries, type AccountRow, type HealthDay, type PortfolioFilter } from '../application/health-queries.js';

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
    const rows = await this.database.query<{ day: string; health: string | null; raw: string | null; band: HealthDay['band']; risk: HealthDay['riskLevel']; coverage: number; strikes: number; card: string; revision: number; shadows: ShadowScore[] | null }>({
      name: 'health-history',
      text: `SELECT to_char(day, 'YYYY-MM-DD') AS day, health_score AS health, raw_score AS raw, band, risk_level AS risk, data_coverage AS coverage, strikes, scorecard_id AS card, scorecard_revision AS revision, shadows
             FROM health_day WHERE account_id = $1 AND day >= coalesce($2::date, '-infinity') AND day <= coalesce($3::date, 'infinity') AND day > coalesce($4::date, '-infinity')
             ORDER BY day LIMIT $5`,
      values: [accountId, from, to, startingAfter, limit],
    });
    return rows.map((row) => ({
      day: row.day, healthScore: number(row.health), rawScore: number(row.raw), band: row.band, riskLevel: row.risk, dataCoverage: Math.round(row.coverage * 10_000) / 10_000, strikes: row.strikes,
      scorecard: { id: row.card, revision: row.revision }, shadows: row.shadows ?? [],
    }));
  }
}
