import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { DayStore, type AccountDays } from '../application/day-store.js';
import { decodeDay, type KeptDay } from '../domain/days/day-codec.js';
import { unpackDays } from '../domain/days/packed-days.js';
import { isoDay, type EpochDay } from '../domain/time/day.js';
import { KnownPlans } from './known-plans.js';
import { packedBook } from './packed-book.js';

interface DayRow {
  readonly day: number;
  readonly looked_at: string;
  readonly facts: Buffer;
  readonly card: string;
  readonly revision: number;
}

const columns = `(d.day - date '1970-01-01') AS day, (extract(epoch FROM d.looked_at) * 1000)::bigint AS looked_at, d.facts, d.scorecard_id AS card, d.scorecard_revision AS revision`;
/** Rows of one statement that forgets. */
const forgottenAtOnce = 500;

@Injectable()
export class PostgresDayStore extends DayStore {
  constructor(
    private readonly database: Database,
    private readonly plans: KnownPlans,
  ) {
    super();
  }

  async planId(sql: Sql, keys: readonly string[]): Promise<number> {
    const lines = keys.join('\n');
    const find = async (): Promise<number | undefined> => (await sql.query<{ id: number }>({ text: 'SELECT id FROM reading_plan WHERE md5(keys) = md5($1)', values: [lines] }))[0]?.id;
    const id = await find();
    if (id !== undefined) return id;
    await sql.query({ text: 'INSERT INTO reading_plan (keys) VALUES ($1) ON CONFLICT DO NOTHING', values: [lines] });
    return (await find())!;
  }

  async readingsOf(accountId: string, from: EpochDay, to: EpochDay): Promise<KeptDay[]> {
    const rows = await this.database.query<DayRow>({
      name: 'readings-of',
      text: `SELECT ${columns} FROM health_day d WHERE account_id = $1 AND day >= $2::date AND day <= $3::date AND facts IS NOT NULL ORDER BY day`,
      values: [accountId, isoDay(from), isoDay(to)],
    });
    return this.plans.unpack(() => rows.map((row) => this.kept(row)));
  }

  async lastOf(accountIds: readonly string[], from: EpochDay, to: EpochDay): Promise<AccountDays[]> {
    const rows = await this.database.query<DayRow & { account_id: string }>({
      name: 'last-readings-of',
      text: `SELECT a.account_id, ${columns} FROM unnest($1::text[]) AS a (account_id) CROSS JOIN LATERAL (
               SELECT * FROM health_day WHERE account_id = a.account_id AND day >= $2::date AND day <= $3::date AND facts IS NOT NULL ORDER BY day DESC LIMIT 1
             ) d`,
      values: [accountIds, isoDay(from), isoDay(to)],
    });
    return this.plans.unpack(() => rows.map(({ account_id: accountId, ...row }) => ({ accountId, days: [this.kept(row)] })));
  }

  private kept({ day, looked_at: lookedAt, facts, card, revision }: DayRow): KeptDay {
    return { day, judgedBy: { id: card, revision }, ...decodeDay(facts, day, Number(lookedAt), this.plans.byId) };
  }

  async book(from: EpochDay, to: EpochDay, after: string | null, limit: number): Promise<AccountDays[]> {
    const accounts = await packedBook(this.database, from, to, after, limit);
    return this.plans.unpack(() => accounts.map(({ accountId, days }) => ({ accountId, days: unpackDays(days, this.plans.byId) })));
  }

  async keptSince(sql: Sql): Promise<EpochDay | null> {
    const [row] = await sql.query<{ day: number | null }>({
      text: `SELECT greatest((SELECT since FROM readings_kept), (SELECT min(day) FROM health_day)) - date '1970-01-01' AS day WHERE EXISTS (SELECT FROM health_day)`,
    });
    return row?.day ?? null;
  }

  async forgetSome(sql: Sql, day: EpochDay): Promise<boolean> {
    const rows = await sql.query({
      text: `UPDATE health_day SET facts = NULL, looked_at = NULL WHERE ctid IN (
               SELECT ctid FROM health_day WHERE day < $1::date AND day >= coalesce((SELECT since FROM readings_kept), '-infinity') AND facts IS NOT NULL LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
             ) RETURNING day`,
      values: [isoDay(day), forgottenAtOnce],
    });
    if (rows.length === forgottenAtOnce) return true;
    const restated = await sql.query({
      text: 'UPDATE restated_day SET facts = NULL WHERE ctid IN (SELECT ctid FROM restated_day WHERE day < $1::date AND facts IS NOT NULL LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) RETURNING day',
      values: [isoDay(day), forgottenAtOnce],
    });
    if (restated.length === forgottenAtOnce) return true;
    await sql.query({ text: 'INSERT INTO readings_kept (since) VALUES ($1::date) ON CONFLICT (one) DO UPDATE SET since = greatest(readings_kept.since, excluded.since)', values: [isoDay(day)] });
    return false;
  }
}
