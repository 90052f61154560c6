import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import type { Transaction } from '@perennial/persistence/transaction';
import type { ScoredAccount } from '../application/account-health-store.js';
import type { Verdict } from '../domain/look.js';
import { encodeDay } from '../domain/days/day-codec.js';
import { dayOf, isoDay } from '../domain/time/day.js';

export type JudgedAccount = ScoredAccount & { readonly verdict: Verdict };

const riskRank = { red: 0, amber: 1, unknown: 2, green: 3 } as const;
const isoDayOrNull = (day: number | null | undefined): string | null => (day === null || day === undefined ? null : isoDay(day));

/** List rows with the verdict as it is answered, and the day's history where that differs. */
export async function saveVerdicts(tx: Transaction, judged: readonly JudgedAccount[], partitionOf: (accountId: string) => number): Promise<void> {
  // Verdicts and then days, in one buffer.
  const packed = PackedBuffers.of([...judged.map((account) => Buffer.from(JSON.stringify(account.verdict.health))), ...judged.map((account) => dayOfVerdict(account.verdict))]);
  const ofVerdicts = (all: readonly number[]): number[] => all.slice(0, judged.length);
  const ofDays = (all: readonly number[]): number[] => all.slice(judged.length);
  const column = <T>(value: (account: JudgedAccount) => T): T[] => judged.map(value);
  await tx.query({
    name: 'save-verdicts',
    text: `
      WITH judged AS (
        SELECT *, convert_from(substr($8::bytea, verdict_start, verdict_length), 'UTF8') AS verdict, CASE WHEN day_length > 0 THEN substr($8::bytea, day_start, day_length) END AS facts
        FROM unnest($1::text[], $2::numeric[], $3::text[], $4::text[], $5::smallint[], $6::integer[], $7::text[], $21::integer[], $22::integer[], $9::bigint[], $10::smallint[], $11::timestamptz[],
                             $12::bigint[], $13::text[], $14::date[], $15::date[], $16::date[], $17::numeric[], $18::real[], $19::text[], $20::integer[], $23::jsonb[], $24::integer[], $25::double precision[], $26::smallint[], $27::integer[], $28::integer[], $29::timestamptz[])
          AS j (id, score, band, risk, rank, strikes, trend, verdict_start, verdict_length, version, partition, look, arr, currency, renewal, notice, day, raw, coverage, card, card_revision, shadows, generation, use_level, size_class, day_start, day_length, looked_at)
      ), days AS (
        INSERT INTO health_day AS d (account_id, day, health_score, raw_score, band, risk_level, data_coverage, strikes, scorecard_id, scorecard_revision, shadows, looked_at, facts)
        SELECT id, day, score, raw, band, risk, coverage, strikes, card, card_revision, shadows, looked_at, facts FROM judged
        ON CONFLICT (account_id, day) DO UPDATE SET health_score = excluded.health_score, raw_score = excluded.raw_score, band = excluded.band, risk_level = excluded.risk_level,
          data_coverage = excluded.data_coverage, strikes = excluded.strikes, scorecard_id = excluded.scorecard_id, scorecard_revision = excluded.scorecard_revision,
          shadows = excluded.shadows, looked_at = excluded.looked_at, facts = excluded.facts
        -- When it was looked at differs at every look, and is no reason to write.
        WHERE (d.health_score, d.raw_score, d.band, d.risk_level, d.data_coverage, d.strikes, d.scorecard_id, d.scorecard_revision, d.shadows, d.facts) IS DISTINCT FROM
          (excluded.health_score, excluded.raw_score, excluded.band, excluded.risk_level, excluded.data_coverage, excluded.strikes, excluded.scorecard_id, excluded.scorecard_revision, excluded.shadows, excluded.facts)
      )
      INSERT INTO portfolio AS p (account_id, health_score, band, risk_level, risk_rank, strikes, trend, verdict, verdict_version, partition, next_look_at, arr_minor, currency, renewal_on, notice_on, generation, use_level, size_class)
      SELECT id, score, band, risk, rank, strikes, trend, verdict, version, partition, look, arr, currency, renewal, notice, generation, use_level, size_class FROM judged
      ON CONFLICT (account_id) DO UPDATE SET health_score = excluded.health_score, band = excluded.band, risk_level = excluded.risk_level, risk_rank = excluded.risk_rank, strikes = excluded.strikes,
        trend = excluded.trend, verdict = excluded.verdict, verdict_version = coalesce(excluded.verdict_version, p.verdict_version), partition = excluded.partition, next_look_at = excluded.next_look_at,
        arr_minor = excluded.arr_minor, currency = excluded.currency, renewal_on = excluded.renewal_on, notice_on = excluded.notice_on, generation = excluded.generation,
        use_level = excluded.use_level, size_class = excluded.size_class`,
    values: [
      column((a) => a.state.accountId), column((a) => a.verdict.health.healthScore), column((a) => a.verdict.health.band), column((a) => a.verdict.health.riskLevel),
      column((a) => riskRank[a.verdict.health.riskLevel]), column((a) => a.verdict.health.strikes.count), column((a) => a.verdict.health.trend), packed.bytes,
      column((a) => a.version), column((a) => partitionOf(a.state.accountId)), column((a) => a.nextLookAt),
      column((a) => a.state.renewal?.arrMinor ?? null), column((a) => a.state.renewal?.currency ?? null), column((a) => isoDayOrNull(a.state.renewal?.renewalOn)), column((a) => isoDayOrNull(a.state.renewal?.noticeOn)),
      column((a) => a.verdict.history.day), column((a) => a.verdict.history.rawScore), column((a) => a.verdict.history.dataCoverage), column((a) => a.verdict.history.scorecard.id), column((a) => a.verdict.history.scorecard.revision),
      ofVerdicts(packed.starts), ofVerdicts(packed.lengths),
      column((a) => (a.verdict.history.shadows.length === 0 ? null : JSON.stringify(a.verdict.history.shadows))),
      column((a) => a.state.memory.generation),
      column((a) => a.verdict.use?.level ?? null), column((a) => a.verdict.use?.sizeClass ?? null),
      ofDays(packed.starts), ofDays(packed.lengths), column((a) => new Date(a.verdict.facts.asOf)),
    ],
  });
}

/** Empty where no place is kept for what was read. */
const dayOfVerdict = (verdict: Verdict): Buffer => (verdict.facts.plan.id === 0 ? Buffer.alloc(0) : encodeDay(verdict, dayOf(verdict.facts.asOf)));
