import { Injectable } from '@nestjs/common';
import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { RestatedDayStore, type DaySpan, type KnownDays } from '../application/restated-day-store.js';
import { decodeDay, encodeDay } from '../domain/days/day-codec.js';
import { markOf } from '../domain/days/judge-day.js';
import type { KnownDay, RestatedDay } from '../domain/days/restate-run.js';
import { isoDay, type EpochDay } from '../domain/time/day.js';
import { KnownPlans } from './known-plans.js';

interface KnownRow {
  readonly account_id: string;
  readonly day: number;
  readonly card: string;
  readonly revision: number;
  readonly looked_at: string;
  /** Null once they are forgotten. */
  readonly facts: Buffer | null;
  readonly now_looked_at: string | null;
  readonly now_facts: Buffer | null;
  readonly unknown: string[] | null;
}
type KeptRow = KnownRow & { readonly facts: Buffer };

const columns = `h.account_id, h.day - date '1970-01-01' AS day, h.scorecard_id AS card, h.scorecard_revision AS revision, (extract(epoch FROM h.looked_at) * 1000)::bigint AS looked_at, h.facts,
  (extract(epoch FROM r.looked_at) * 1000)::bigint AS now_looked_at, r.facts AS now_facts, r.unknown`;
const unlessRebuilding = 'NOT (SELECT rebuilding FROM messaging_epoch)';
const points = (basisPoints: number | null): number | null => (basisPoints === null ? null : basisPoints / 100);

@Injectable()
export class PostgresRestatedDayStore extends RestatedDayStore {
  constructor(private readonly plans: KnownPlans) {
    super();
  }

  async known(tx: Transaction, spans: readonly DaySpan[]): Promise<Map<string, KnownDays>> {
    if (spans.length === 0) return new Map();
    const rows = await tx.query<KnownRow>({
      name: 'days-to-restate',
      text: `SELECT ${columns} FROM unnest($1::text[], $2::date[], $3::date[]) AS s (id, first, until)
             JOIN health_day h ON h.account_id = s.id AND h.day >= s.first AND h.day < s.until LEFT JOIN restated_day r ON r.account_id = h.account_id AND r.day = h.day
             WHERE ${unlessRebuilding} ORDER BY h.account_id, h.day`,
      values: [spans.map(({ accountId }) => accountId), spans.map(({ from }) => isoDay(from)), spans.map(({ to }) => isoDay(to))],
    });
    const kept = rows.filter((row): row is KeptRow => row.facts !== null);
    const read = await this.plans.unpackEach(kept, (row) => this.knownDay(row), tx);
    const readOf = new Map<KnownRow, KnownDay | null>(kept.map((row, place) => [row, read[place]!]));
    return new Map([...Map.groupBy(rows, (row) => row.account_id)].map(([accountId, own]) => {
      const lastUnread = own.findLastIndex((row) => (readOf.get(row) ?? null) === null);
      return [accountId, { days: own.slice(lastUnread + 1).map((row) => readOf.get(row)!), unreadUntil: own[lastUnread]?.day ?? null }];
    }));
  }

  async save(tx: Transaction, accounts: ReadonlyMap<string, readonly RestatedDay[]>): Promise<void> {
    const rows = [...accounts].flatMap(([accountId, days]) => days.map((day) => ({ accountId, ...day })));
    if (rows.length === 0) return;
    const packed = PackedBuffers.of(rows.map(({ day, facts, verdict, kept }) => encodeDay({ facts, mark: markOf(verdict), passage: kept.passage }, day)));
    const column = <T>(value: (row: (typeof rows)[number]) => T): T[] => rows.map(value);
    await tx.query({
      name: 'save-restated-days',
      text: `INSERT INTO restated_day AS d (account_id, day, health_score, raw_score, band, risk_level, data_coverage, strikes, looked_at, facts, unknown)
             SELECT id, day, score, raw, band, risk, coverage, strikes, looked_at, substr($10::bytea, start, length), string_to_array(unknown, ',')
             FROM unnest($1::text[], $2::date[], $3::numeric[], $4::numeric[], $5::text[], $6::text[], $7::real[], $8::integer[], $9::timestamptz[], $11::integer[], $12::integer[], $13::text[])
               AS n (id, day, score, raw, band, risk, coverage, strikes, looked_at, start, length, unknown)
             ON CONFLICT (account_id, day) DO UPDATE SET health_score = excluded.health_score, raw_score = excluded.raw_score, band = excluded.band, risk_level = excluded.risk_level,
               data_coverage = excluded.data_coverage, strikes = excluded.strikes, looked_at = excluded.looked_at, facts = excluded.facts, unknown = excluded.unknown`,
      values: [
        column((r) => r.accountId), column((r) => isoDay(r.day)), column((r) => points(r.verdict.adjusted.healthBp)), column((r) => points(r.verdict.rawBp)), column((r) => r.verdict.band), column((r) => r.verdict.riskLevel),
        column((r) => r.verdict.dataCoverage), column((r) => r.verdict.strikes.count), column((r) => new Date(r.facts.asOf)), packed.bytes, packed.starts, packed.lengths, column((r) => [...r.unknown].sort().join()),
      ],
    });
  }

  async leave(tx: Transaction, spans: readonly DaySpan[]): Promise<void> {
    if (spans.length === 0) return;
    await tx.query({
      name: 'leave-days',
      text: `INSERT INTO days_left AS l (account_id, days)
             SELECT id, datemultirange(daterange(first, until)) FROM unnest($1::text[], $2::date[], $3::date[]) AS s (id, first, until)
             WHERE ${unlessRebuilding} AND EXISTS (SELECT FROM health_day h WHERE h.account_id = s.id AND h.day >= s.first AND h.day < s.until)
             ON CONFLICT (account_id) DO UPDATE SET days = l.days + excluded.days`,
      values: [spans.map(({ accountId }) => accountId), spans.map(({ from }) => isoDay(from)), spans.map(({ to }) => isoDay(to))],
    });
  }

  async reset(tx: Transaction, firstDays: ReadonlyMap<string, EpochDay>): Promise<void> {
    await tx.query({
      name: 'leave-days-of-reset',
      text: `WITH gone AS (DELETE FROM restated_day WHERE account_id = ANY($1) AND ${unlessRebuilding})
             INSERT INTO days_left AS l (account_id, days) SELECT id, datemultirange(daterange(NULL, first)) FROM unnest($1::text[], $2::date[]) AS r (id, first) WHERE ${unlessRebuilding}
             ON CONFLICT (account_id) DO UPDATE SET days = l.days + excluded.days`,
      values: [[...firstDays.keys()], [...firstDays.values()].map(isoDay)],
    });
  }

  async find(sql: Sql, accountId: string, day: EpochDay): Promise<KnownDay | null> {
    const [row] = await sql.query<KeptRow>({
      name: 'restated-day',
      text: `SELECT ${columns} FROM health_day h JOIN restated_day r ON r.account_id = h.account_id AND r.day = h.day WHERE h.account_id = $1 AND h.day = $2::date AND h.facts IS NOT NULL AND r.facts IS NOT NULL`,
      values: [accountId, isoDay(day)],
    });
    return row === undefined ? null : this.plans.unpack(() => this.knownDay(row), sql);
  }

  async isLeft(sql: Sql, accountId: string, day: EpochDay): Promise<boolean> {
    return (await sql.query({ name: 'is-day-left', text: 'SELECT 1 FROM days_left WHERE account_id = $1 AND days @> $2::date', values: [accountId, isoDay(day)] })).length === 1;
  }

  private knownDay({ day, card, revision, looked_at: lookedAt, facts, now_looked_at: nowLookedAt, now_facts: nowFacts, unknown }: KeptRow): KnownDay {
    const kept = { day, judgedBy: { id: card, revision }, ...decodeDay(facts, day, Number(lookedAt), this.plans.byId) };
    return { kept, restated: nowFacts === null ? null : { facts: decodeDay(nowFacts, day, Number(nowLookedAt), this.plans.byId).facts, unknown: new Set(unknown) } };
  }
}
