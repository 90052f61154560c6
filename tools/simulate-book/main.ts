// npm run simulate:book [-- --accounts 10000 --days 180]: how long a draft takes on a whole book, whether it counts right, and what
// live scoring feels of it. A database and a service of its own; nothing stays.
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { SystemClock } from '@perennial/service-kit/clock';
import { OwnPostgres, testPostgresVariable } from '@perennial/testing/postgres';
import { startTestService, type TestService } from '@perennial/testing/service';
import { ScoringPolicy } from '../../apps/health-scoring/src/application/scoring-policy.js';
import type { Scorecard } from '../../apps/health-scoring/src/domain/scorecard/scorecard.js';
import { dayOf } from '../../apps/health-scoring/src/domain/time/day.js';
import type { SimulationView } from '../../apps/health-scoring/src/http/simulation.dto.js';
import { healthScoring } from '../../apps/health-scoring/src/service.js';
import { byForce } from '../../apps/health-scoring/test/by-force.js';
import { Desk } from '../../apps/health-scoring/test/desk.js';
import { wanderingDays } from '../../apps/health-scoring/test/kept-days.js';
import { shippedDocument } from '../../apps/health-scoring/test/scenario.js';
import { storeDays } from '../../apps/health-scoring/test/stored-days.js';

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '10000' }, days: { type: 'string', default: '180' }, seconds: { type: 'string', default: '15' } } });
const accounts = Number(values.accounts);
const days = Number(values.days);
const boundSeconds = 60;
/** Different histories; each is that of several accounts. */
const histories = Math.min(250, accounts);
const storedAtOnce = 50;
const livePerSecond = 100;
const liveAccounts = 200;

const card = shippedDocument('csm-led');
const draft: Scorecard = { ...card, bands: { amber: 45, green: 75 }, coverage: { green: 0.7, any: 0.4 }, measures: card.measures.map((measure) => (measure.id === 'touches' ? { ...measure, weight: 20 } : measure)) };
const line = (text: string): void => void process.stdout.write(`${text}\n`);

const postgres = await OwnPostgres.start({ fsync: 'on', full_page_writes: 'on' });
process.env[testPostgresVariable] = postgres.adminUrl;
const service = await startTestService(healthScoring, { clock: new SystemClock() });
try {
  const { plan, primary } = service.running.get(ScoringPolicy).current();
  const today = dayOf(service.clock.now().getTime());
  const book = Array.from({ length: histories }, (_, seed) => wanderingDays(seed + 1, today - days + 1, days, plan, primary.find(({ id }) => id === card.id)!));
  for (let first = 0; first < accounts; first += storedAtOnce) {
    await storeDays(service.running.get(Database), Array.from({ length: Math.min(storedAtOnce, accounts - first) }, (_, n) => ({ accountId: `book-${first + n}`, days: book[(first + n) % histories]! })));
  }
  await service.running.get(Database).query('ANALYZE');
  line(`${accounts} accounts x ${days} days stored`);

  const desk = new Desk(service);
  for (let n = 0; n < liveAccounts; n += 1) await service.publish(signalsTopic, [desk.signal(`live-${n}`, 'pulse', { pulse: 3, reason: 'r' })]);
  await live(desk, 5);
  const quiet = await live(desk, Number(values.seconds));
  line(`signal to new score at ${livePerSecond}/s: ${told(quiet)}`);

  const startedAt = performance.now();
  const { body: { id } } = await service.request<SimulationView>('POST', `/api/v1/scorecards/${card.id}/simulations`, { scopes: ['operate'], body: { document: draft, days } });
  const meanwhile = live(desk, Number(values.seconds));
  const { seconds } = await finished(service, id, startedAt);
  const loud = await meanwhile;
  line(`the same meanwhile: ${told(loud)} (${((100 * at(loud, 0.99)) / at(quiet, 0.99) - 100).toFixed(0)} % at p99)`);
  line(`the simulation took ${seconds.toFixed(1)} s with signals beside it in its first ${values.seconds} s`);

  // Those that only told of live scoring would be in the counts.
  await service.running.get(Database).query(`DELETE FROM portfolio WHERE account_id LIKE 'live-%'`);
  const aloneAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const again = await service.request<SimulationView>('POST', `/api/v1/scorecards/${card.id}/simulations`, { scopes: ['operate'], body: { document: draft, days } });
  const alone = await finished(service, again.body.id, aloneAt);
  const cpu = process.cpuUsage(cpuBefore);
  line(`alone it took ${alone.seconds.toFixed(1)} s (bound: ${boundSeconds} s), ${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of processor time besides the database's`);

  const expected = byForce([card, ...['digital', 'onboarding', 'goals-only'].map(shippedDocument)], draft, book);
  const times = accounts / histories;
  const result = alone.simulation.result!;
  const sum = (field: 'riskChanges' | 'toRed' | 'strikes') => (['inForce', 'draft'] as const).map((side) => result.weeks.reduce((all, week) => all + week[side][field], 0) / times);
  const counted = { bands: bandsOf(result, times), newlyUnknown: result.newlyUnknown / times, riskChanges: sum('riskChanges'), toRed: sum('toRed'), strikes: sum('strikes') };
  const { weeks: _, ...byHand } = expected;
  const isRight = JSON.stringify(sorted(counted)) === JSON.stringify(sorted(byHand));
  line(`counted by hand on ${histories} histories: ${isRight ? 'the same' : 'NOT the same'} (${JSON.stringify(byHand)}${isRight ? '' : ` and ${JSON.stringify(counted)}`})`);
  const [size] = await service.running.get(Database).query<{ row: number; facts: number; whole: string }>(`SELECT avg(pg_column_size(d.*))::integer AS row, avg(octet_length(facts))::integer AS facts, pg_size_pretty(pg_total_relation_size('health_day')) AS whole FROM health_day d`);
  line(`a day takes ${size!.facts} bytes of readings in a row of ${size!.row}; all of them ${size!.whole}`);
  if (!isRight || alone.seconds > boundSeconds) process.exitCode = 1;
} finally {
  await service.stop();
  await postgres.stop();
}

/** Milliseconds from a signal to the score that has it, at a steady rate. */
async function live(desk: Desk, seconds: number): Promise<number[]> {
  const waits: Promise<number>[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let n = 0; performance.now() < end; n += 1) {
    waits.push(scored(desk, `live-${n % liveAccounts}`, 1 + (n % 5)));
    await sleep(1_000 / livePerSecond);
  }
  return (await Promise.all(waits)).sort((a, b) => a - b);
}

async function scored(desk: Desk, accountId: string, pulse: number): Promise<number> {
  const since = desk.service.clock.now().getTime();
  const at = performance.now();
  await desk.service.publish(signalsTopic, [desk.signal(accountId, 'pulse', { pulse, reason: 'r' })]);
  for (;;) {
    const [row] = await desk.service.running.get(Database).query<{ verdict: string | null }>({ name: 'live', text: 'SELECT verdict FROM portfolio WHERE account_id = $1', values: [accountId] });
    if (row?.verdict && Date.parse((JSON.parse(row.verdict) as { asOf: string }).asOf) >= since) return performance.now() - at;
    await sleep(2);
  }
}

async function finished(of: TestService, id: string, startedAt: number): Promise<{ simulation: SimulationView; seconds: number }> {
  for (;;) {
    const { body } = await of.request<SimulationView>('GET', `/api/v1/scorecards/${card.id}/simulations/${id}`, { scopes: ['health:read'] });
    if (body.state === 'completed') return { simulation: body, seconds: (performance.now() - startedAt) / 1_000 };
    if (body.state === 'failed') throw new Error(body.error ?? 'failed');
    await sleep(100);
  }
}

function bandsOf({ bands }: NonNullable<SimulationView['result']>, times: number): Record<string, number> {
  return Object.fromEntries(bands.map(({ from, to, accounts: n }) => [`${from}>${to}`, n / times]));
}

function at(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
}

function told(times: readonly number[]): string {
  return `p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms of ${times.length}`;
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, part]) => [field, part !== null && typeof part === 'object' && !Array.isArray(part) ? sorted(part as object) : (part as unknown)]));
}
