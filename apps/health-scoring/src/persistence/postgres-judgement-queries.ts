import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { JudgementQueries, type JudgementEntry, type Nearer, type OverrideScore } from '../application/judgement-queries.js';
import type { Band } from '../domain/state.js';

interface Row extends Omit<JudgementEntry, 'override'> {
  health_score: string | null;
  band: Band | null;
  computed_score: string | null;
  computed_band: Band | null;
  renewal_id: string | null;
  renewal_on: string | null;
  renewed: boolean | null;
  nearer: Nearer | null;
}

/** The day a term ended on stands at the end of its renewal's id. */
const scored = `
  SELECT j.*, o.renewal_id, to_char(o.renewal_on, 'YYYY-MM-DD') AS renewal_on, o.renewed,
         CASE WHEN o.renewed IS NULL OR j.computed_score IS NULL THEN NULL WHEN j.health_score = j.computed_score THEN 'same'
              WHEN (j.health_score > j.computed_score) = o.renewed THEN 'override' ELSE 'computed' END AS nearer
  FROM judgement j
  LEFT JOIN LATERAL (SELECT o.renewal_id, right(o.renewal_id, 10)::date AS renewal_on, NOT o.lost AS renewed, coalesce(o.decided_on, right(o.renewal_id, 10)::date) AS decided_on FROM contract_outcome o
                     WHERE o.account_id = j.account_id AND coalesce(o.decided_on, right(o.renewal_id, 10)::date) > (j.at AT TIME ZONE 'UTC')::date ORDER BY 4, 1 LIMIT 1) o ON j.action = 'override'`;

@Injectable()
export class PostgresJudgementQueries extends JudgementQueries {
  constructor(private readonly database: Database) {
    super();
  }

  async list(accountId: string, limit: number, startingAfter: string | null): Promise<JudgementEntry[] | null> {
    const rows = await this.database.query<Row>({
      name: 'judgements-of-account',
      text: `SELECT id, action, indicator_id AS "indicatorId", reason, until, by, at, health_score, band, computed_score, computed_band, renewal_id, renewal_on, renewed, nearer FROM (${scored}) j
             WHERE account_id = $1 AND ($2::uuid IS NULL OR (at, id) < (SELECT at, id FROM judgement WHERE account_id = $1 AND id = $2::uuid))
             ORDER BY at DESC, id DESC LIMIT $3`,
      values: [accountId, startingAfter, limit],
    });
    if (rows.length === 0 && startingAfter !== null && !(await this.isOnRecord(accountId, startingAfter))) return null;
    return rows.map(entryOf);
  }

  private async isOnRecord(accountId: string, id: string): Promise<boolean> {
    return (await this.database.query({ text: 'SELECT 1 FROM judgement WHERE account_id = $1 AND id = $2::uuid', values: [accountId, id] })).length === 1;
  }

  overrideScores(): Promise<OverrideScore[]> {
    return this.database.query<OverrideScore>({
      name: 'override-scores',
      text: `SELECT by, count(*)::int AS overrides, count(nearer)::int AS decided, count(*) FILTER (WHERE nearer = 'override')::int AS "overrideNearer",
                    count(*) FILTER (WHERE nearer = 'computed')::int AS "computedNearer", count(*) FILTER (WHERE nearer = 'same')::int AS same
             FROM (${scored}) j WHERE action = 'override' GROUP BY GROUPING SETS ((), (by)) ORDER BY by NULLS FIRST`,
    });
  }
}

function entryOf(row: Row): JudgementEntry {
  const { id, action, indicatorId, reason, until, by, at, band, nearer } = row;
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  const outcome = row.renewal_id === null ? null : { renewalId: row.renewal_id, renewalOn: row.renewal_on!, result: row.renewed === true ? ('renewed' as const) : ('churned' as const) };
  const override = action === 'override' ? { healthScore: Number(row.health_score), band, computedScore: number(row.computed_score), computedBand: row.computed_band, outcome, nearer } : null;
  return { id, action, indicatorId, reason, until, by, at, override };
}
