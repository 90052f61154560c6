import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { randomUUID } from 'node:crypto';
import { BacktestStore, type Backtest, type FoundByBacktest, type LeasedBacktest } from '../application/backtest-store.js';

const columns = `id, scorecard_id AS "scorecardId", revision, state, asked_at AS "askedAt", asked_by AS "askedBy", finished_at AS "finishedAt", accounts, accounts_done AS "accountsDone", problem`;
/** A process that says nothing for so long has gone. */
const leaseSeconds = 60;
/** Begun so often without an end: it is what ends the process. */
const mostAttempts = 3;
const keptPerScorecard = 50;
const isFree = `state IN ('waiting', 'running') AND (leased_until IS NULL OR leased_until < clock_timestamp())`;

@Injectable()
export class PostgresBacktestStore extends BacktestStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, { id, scorecardId, revision, askedAt, askedBy }: Parameters<BacktestStore['add']>[1]): Promise<void> {
    await tx.query({ text: 'INSERT INTO backtest (id, scorecard_id, revision, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5)', values: [id, scorecardId, revision, askedAt, askedBy] });
    await tx.query({
      text: `DELETE FROM backtest WHERE state IN ('done', 'failed') AND id IN (SELECT id FROM backtest WHERE scorecard_id = $1 ORDER BY asked_at DESC, id OFFSET $2)`,
      values: [scorecardId, keptPerScorecard],
    });
  }

  async countOpen(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ count: number }>(`SELECT count(*)::integer AS count FROM backtest WHERE state IN ('waiting', 'running')`);
    return row!.count;
  }

  async list(scorecardId: string, limit: number, startingAfter: string | null): Promise<Backtest[] | null> {
    if (startingAfter !== null && (await this.find(startingAfter))?.scorecardId !== scorecardId) return null;
    return this.database.query<Backtest>({
      text: `SELECT ${columns} FROM backtest WHERE scorecard_id = $1 AND ($3::uuid IS NULL OR (-extract(epoch FROM asked_at), id) > (SELECT -extract(epoch FROM asked_at), id FROM backtest WHERE id = $3))
             ORDER BY asked_at DESC, id LIMIT $2`,
      values: [scorecardId, limit, startingAfter],
    });
  }

  async find(id: string): Promise<(Backtest & { readonly report: FoundByBacktest | null }) | null> {
    const [row] = await this.database.query<Backtest & { report: FoundByBacktest | null }>({ text: `SELECT ${columns}, report FROM backtest WHERE id = $1`, values: [id] });
    return row ?? null;
  }

  async canLease(sql: Sql): Promise<boolean> {
    return (await sql.query({ name: 'can-lease-backtest', text: `SELECT 1 FROM backtest WHERE ${isFree} LIMIT 1` })).length > 0;
  }

  async lease(): Promise<LeasedBacktest | null> {
    const given: LeasedBacktest[] = await this.database.query({
      text: `UPDATE backtest SET state = CASE WHEN attempts < $2 THEN 'running' ELSE 'failed' END, lease = $1, leased_until = clock_timestamp() + make_interval(secs => $3), attempts = attempts + 1, accounts_done = 0,
               problem = CASE WHEN attempts >= $2 THEN 'the process that worked at it ended each time: see its log' END, finished_at = CASE WHEN attempts >= $2 THEN asked_at END
             WHERE id = (SELECT id FROM backtest WHERE ${isFree} ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, scorecard_id AS "scorecardId", revision, lease, state`,
      values: [randomUUID(), mostAttempts, leaseSeconds],
    });
    const [leased] = given as (LeasedBacktest & { state: string })[];
    return leased?.state === 'running' ? leased : null;
  }

  async hold({ id, lease }: LeasedBacktest, accounts: number, accountsDone: number): Promise<boolean> {
    const held = await this.database.query({
      name: 'hold-backtest',
      text: `UPDATE backtest SET accounts = $3, accounts_done = $4, leased_until = clock_timestamp() + make_interval(secs => $5) WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING 1`,
      values: [id, lease, accounts, accountsDone, leaseSeconds],
    });
    return held.length === 1;
  }

  async finish({ id, lease }: LeasedBacktest, now: Date, outcome: { readonly report: FoundByBacktest } | { readonly problem: string }): Promise<void> {
    const report = 'report' in outcome ? JSON.stringify(outcome.report) : null;
    await this.database.query({
      text: `UPDATE backtest SET state = $3, report = $4::json, problem = $5, finished_at = $6, leased_until = NULL,
               accounts = coalesce(($4::json ->> 'accountsWithOutcomes')::integer, accounts), accounts_done = coalesce(($4::json ->> 'accountsWithOutcomes')::integer, accounts_done)
             WHERE id = $1 AND lease = $2 AND state = 'running'`,
      values: [id, lease, report === null ? 'failed' : 'done', report, 'problem' in outcome ? outcome.problem : null, now],
    });
  }
}
