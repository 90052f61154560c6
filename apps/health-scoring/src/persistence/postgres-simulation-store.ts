import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { SimulationStore, type SimulatedAccount, type Simulation } from '../application/simulations/simulation-store.js';
import type { AccountJson } from '../application/simulations/simulator.js';
import { isoDay } from '../domain/time/day.js';

const columns = `id, scorecard_id AS "scorecardId", revision, document, generation, from_day - date '1970-01-01' AS "from", to_day - date '1970-01-01' AS "to", state, accounts, after_account AS "after", tally, is_counted AS "isCounted", difference, fault,
  created_at AS "createdAt", created_by AS "createdBy", started_at AS "startedAt", ended_at AS "endedAt"`;

@Injectable()
export class PostgresSimulationStore extends SimulationStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, s: Simulation): Promise<void> {
    await tx.query({
      text: `INSERT INTO simulation (id, scorecard_id, revision, document, generation, from_day, to_day, state, accounts, after_account, tally, fault, created_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      values: [s.id, s.scorecardId, s.revision, JSON.stringify(s.document), s.generation, isoDay(s.from), isoDay(s.to), s.state, s.accounts, s.after, JSON.stringify(s.tally), s.fault, s.createdAt, s.createdBy],
    });
  }

  async unfinished(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ n: number }>({ name: 'unfinished-simulations', text: 'SELECT count(*)::integer AS n FROM simulation WHERE ended_at IS NULL' });
    return row?.n ?? 0;
  }

  async find(sql: Sql, scorecardId: string, id: string): Promise<Simulation | null> {
    const [row] = await sql.query<Simulation>({ text: `SELECT ${columns} FROM simulation WHERE id = $1 AND scorecard_id = $2`, values: [id, scorecardId] });
    return row ?? null;
  }

  async list(scorecardId: string, limit: number, startingAfter: string | null): Promise<Simulation[] | null> {
    if (startingAfter !== null && (await this.find(this.database, scorecardId, startingAfter)) === null) return null;
    return this.database.query<Simulation>({
      text: `SELECT ${columns} FROM simulation s WHERE scorecard_id = $1 AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM simulation WHERE id = $2)) ORDER BY created_at DESC, id DESC LIMIT $3`,
      values: [scorecardId, startingAfter, limit],
    });
  }

  async accounts(id: string, limit: number, startingAfter: string | null): Promise<SimulatedAccount[]> {
    const rows = await this.database.query<{ account_id: string; outcome: Omit<SimulatedAccount, 'accountId'> }>({
      text: 'SELECT account_id, outcome FROM simulated_account WHERE simulation_id = $1 AND account_id > $2 ORDER BY account_id LIMIT $3',
      values: [id, startingAfter ?? '', limit],
    });
    return rows.map(({ account_id: accountId, outcome }) => ({ accountId, ...outcome }));
  }

  async claim(tx: Transaction): Promise<Simulation | null> {
    const [row] = await tx.query<Simulation>({ name: 'claim-simulation', text: `SELECT ${columns} FROM simulation WHERE ended_at IS NULL ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED` });
    return row ?? null;
  }

  async accountsOfBook(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ n: number }>('SELECT count(*)::integer AS n FROM portfolio WHERE merged_into IS NULL');
    return row?.n ?? 0;
  }

  async save(tx: Transaction, { id, state, accounts, after, tally, isCounted, startedAt }: Simulation, differing: readonly AccountJson[], terms: readonly AccountJson[]): Promise<void> {
    await tx.query({
      name: 'save-simulation',
      text: 'UPDATE simulation SET state = $2, accounts = $3, after_account = $4, tally = $5, is_counted = $6, started_at = $7 WHERE id = $1',
      values: [id, state, accounts, after, JSON.stringify(tally), isCounted, startedAt],
    });
    const add = async (name: string, text: string, rows: readonly AccountJson[]): Promise<void> => {
      if (rows.length > 0) await tx.query({ name, text: `${text} SELECT $1, a.id, a.told::json FROM unnest($2::text[], $3::text[]) AS a (id, told)`, values: [id, rows.map(({ accountId }) => accountId), rows.map(({ json }) => json)] });
    };
    await add('add-simulated-accounts', 'INSERT INTO simulated_account (simulation_id, account_id, outcome)', differing);
    await add('add-simulated-terms', 'INSERT INTO simulated_term (simulation_id, account_id, terms)', terms);
  }

  async complete(tx: Transaction, id: string, { difference, fault }: Pick<Simulation, 'difference' | 'fault'>, at: Date): Promise<void> {
    await tx.query({ text: `UPDATE simulation SET state = 'completed', difference = $2, fault = $3, ended_at = $4 WHERE id = $1`, values: [id, difference && JSON.stringify(difference), fault, at] });
    await this.forgetTerms(tx, id);
  }

  async cancel(tx: Transaction, id: string, at: Date): Promise<boolean> {
    const isCancelled = (await tx.query({ text: `UPDATE simulation SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id`, values: [id, at] })).length === 1;
    if (isCancelled) await this.forgetTerms(tx, id);
    return isCancelled;
  }

  async fail(tx: Transaction, id: string, fault: string, at: Date): Promise<void> {
    const isFailed = (await tx.query({ text: `UPDATE simulation SET state = 'failed', fault = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL RETURNING id`, values: [id, fault, at] })).length === 1;
    if (isFailed) await this.forgetTerms(tx, id);
  }

  private async forgetTerms(tx: Transaction, id: string): Promise<void> {
    await tx.query({ text: 'DELETE FROM simulated_term WHERE simulation_id = $1', values: [id] });
  }

  async oldestEnd(): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>('SELECT min(ended_at) AS at FROM simulation');
    return row?.at ?? null;
  }

  async forgetBefore(sql: Sql, instant: Date): Promise<void> {
    await sql.query({ text: 'DELETE FROM simulation WHERE ended_at < $1', values: [instant] });
  }
}
