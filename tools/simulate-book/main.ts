// npm run simulate:book [-- --accounts 10000 --days 180]: how long a draft takes on a whole book, and whether it counts right. A database and a service of its own; nothing stays.
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

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '10000' }, days: { type: 'string', default: '180' } } });
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
  const startedAt = performance.now();
  let isOver = false;
  const { body: { id } } = await service.request<SimulationView>('POST', `/api/v1/scorecards/${card.id}/simulations`, { scopes: ['operate'], body: { document: draft, days } });
  const meanwhile = live(desk, () => isOver);
  const { seconds } = await finished(service, id, startedAt);
  isOver = true;
  const signals = await meanwhile;
  line(`the simulation took ${seconds.toFixed(1)} s with ${livePerSecond} signals a second beside it, ${signals} in all`);

  // Those that only told of live signals would be in the counts.
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

/** Sends signals at a steady rate and answers how many; what they feel of it is told by `npm run bench -- --only G8S`. */
async function live(desk: Desk, isOver: () => boolean): Promise<number> {
  const sent: Promise<void>[] = [];
  for (; !isOver(); await sleep(1_000 / livePerSecond)) sent.push(desk.service.publish(signalsTopic, [desk.signal(`live-${sent.length % liveAccounts}`, 'pulse', { pulse: 1 + (sent.length % 5), reason: 'r' })]));
  await Promise.all(sent);
  return sent.length;
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

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([field, part]) => [field, part !== null && typeof part === 'object' && !Array.isArray(part) ? sorted(part as object) : (part as unknown)]));
}
