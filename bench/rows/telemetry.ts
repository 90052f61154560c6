import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import type { EventLog } from '@perennial/messaging/event-log';
import { ask } from '../harness/ask.js';
import type { Child } from '../harness/child.js';
import { alternate, type Measured } from '../harness/figure.js';
import { cpuOf } from '../harness/processes.js';
import { spreadOf } from '../harness/spread.js';
import type { Surroundings } from '../harness/surroundings.js';
import { told } from '../harness/table.js';
import { closedLoop, openLoop, refusalFault } from '../load/http-load.js';
import { SegmentCalls } from '../load/segment-calls.js';
import type { StreamTotals } from '../load/signal-stream.js';
import type { Progress } from '../processes/gated-log.js';
import type { Started } from '../processes/service.js';
import { made } from './edge.js';
import { cpuTold } from './pipeline.js';
import type { Row, Run } from './row.js';

const accounts = 10_000;
const events = 20_000;
const rawEvents = 150_000;
const awayMs = 60_000;
const awayPerSecond = 1_000;
/** Batches of a hundred calls, after which nobody who calls is new. */
const everyUser = 300;
const topic = telemetryTopic.name;

/** G20, G18: from what vendors sent to signals; and what happens while the database is away. */
export const telemetry: Row = {
  ids: ['G20', 'G18'],
  async measure(run) {
    await using around = await run.surroundings(true);
    const settings = await around.newLog();
    const service = around.child('service');
    const { url, databaseUrl } = await service.call<Started>('start', { service: 'signal-ingestion', log: settings, hold: [topic] });
    const log = await around.open(settings);
    try {
      const stage: Stage = { around, service, databaseUrl, log };
      await drain(stage, run.count(events));
      if (run.wants('G20')) await rate(run, stage);
      // The edge of the Postgres log stands and falls with the database: it answers 503.
      if (run.wants('G18') && run.kind === 'kafka') await away(run, stage, new URL(url));
    } finally {
      await log.close();
    }
  },
};

interface Stage {
  readonly around: Surroundings;
  readonly service: Child;
  readonly databaseUrl: string;
  readonly log: EventLog;
}

async function rate(run: Run, stage: Stage): Promise<void> {
  const raw = stage.around.child('raw-kafka', false);
  await raw.call('connect', { brokers: stage.around.brokers });
  await raw.call('lay', { count: run.count(rawEvents) });
  const candidates: Measured[] = [];
  const result = await alternate(
    run.options.rounds,
    async () => ({ value: await raw.call<number>('readRate', { count: run.count(rawEvents) }), fault: null }),
    async () => {
      const measured = await drain(stage, run.count(events));
      candidates.push(measured);
      return measured;
    },
  );
  await raw.stop();
  run.tell({
    id: 'G20', title: 'telemetry to signals on the log', unit: 'x B3', better: 'higher', gate: 0.06, goal: 0.12,
    value: result.ratio, detail: `${made(result, 'events/s')}; ${cpuTold(candidates)}`, void: result.void, raw: result.raw,
  });
}

async function drain(stage: Stage, count: number): Promise<Measured> {
  const { service, around } = stage;
  const totals = await service.call<StreamTotals>('lay', { stream: 'telemetry', options: { kind: 'telemetry', topic, accounts }, count });
  const postmaster = await around.postmaster();
  const [nodeBefore, postgresBefore] = [cpuOf(service.pid), cpuOf(postmaster)];
  const { records, seconds } = await service.call<Progress>('drain', { topic, count, sent: true });
  const micros = (cpu: number): number => Math.round((cpu * 1e6) / records);
  const more = { microsPerEvent: { node: micros(cpuOf(service.pid) - nodeBefore), postgres: micros(cpuOf(postmaster) - postgresBefore) } };
  return { value: records / seconds, more, fault: await faultOf(stage, 'account-%', totals.records) };
}

/** One message and one signal of every id that was laid up or accepted. */
async function faultOf({ databaseUrl, log }: Stage, ids: string, expected: number): Promise<string | null> {
  const [kept] = await ask<{ messages: string }>(databaseUrl, 'SELECT count(*) AS messages FROM message WHERE message_id LIKE $1', [ids]);
  const [all] = await ask<{ messages: string; refused: string }>(databaseUrl, 'SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM rejected) + (SELECT count(*) FROM messaging_dead_letter) AS refused');
  const signals = (await log.watermarks(signalsTopic.name)).reduce((sum, { high }) => sum + Number(high), 0);
  const found = { messages: Number(kept?.messages), refused: Number(all?.refused), signals };
  if (found.messages === expected && found.refused === 0 && signals === Number(all?.messages)) return null;
  return `of ${expected} events ${found.messages} are kept and ${found.refused} refused; ${all?.messages} messages made ${signals} signals`;
}

async function away(run: Run, stage: Stage, url: URL): Promise<void> {
  const { service, around } = stage;
  const writeKey = await service.call<string>('writeKey');
  const calls = new SegmentCalls(url, writeKey, 'away', accounts);
  const forMs = run.options.quick ? awayMs / 6 : awayMs;
  // Nobody who calls is new by now, in none of the three.
  let left = everyUser;
  const known = await closedLoop(url, 1, 60_000, () => (left-- > 0 ? calls.batch(100) : null));
  await service.call('letGo', { topic });
  await service.call('settle');
  await service.call('hold', { topic });
  const held = await openLoop(url, awayPerSecond, forMs, 200, () => calls.single());
  await service.call('letGo', { topic });
  const heldRate = held.accepted.length / (await secondsToDrain(service, held.accepted.length));
  await service.call('hold', { topic });
  // The highest rate with the database there.
  const top = spreadOf([(await drain(stage, run.count(events))).value, (await drain(stage, run.count(events))).value]).median;

  await service.call('letGo', { topic });
  await around.postgres.away();
  const load = await openLoop(url, awayPerSecond, forMs, 200, () => calls.single());
  await around.postgres.back();
  const seconds = await secondsToDrain(service, load.accepted.length);
  const rate = load.accepted.length / seconds;
  const loads = [known, held, load];
  const fault = loads.map(refusalFault).find((one) => one !== null) ?? (await faultOf(stage, 'away-%', loads.reduce((sum, { accepted }) => sum + accepted.length, 0)));
  const raw = { seconds, heldRate, top, accepted: load.accepted.length };
  run.tell({
    id: 'G18', title: `database away for ${forMs / 1000} s: ingest answers 200, then catches up`, unit: 'x top rate', better: 'higher', gate: 0.8, goal: null,
    value: spreadOf([rate / top]), detail: `${told(load.accepted.length)} accepted meanwhile, worked off in ${told(seconds)} s; top rate ${told(top)}/s`, void: fault, raw,
  });
  run.tell({ id: 'G18', title: 'the same against the same calls only held back', unit: 'x held', better: 'higher', gate: null, goal: null, value: spreadOf([rate / heldRate]), detail: `${told(heldRate)}/s: a record a batch costs more to read`, void: fault, raw });
}

/** Lets the consumers go, where they are held, until `count` records are applied and what they published is on the log. */
async function secondsToDrain(service: Child, count: number): Promise<number> {
  const start = performance.now();
  for (let progress = 0; progress < count && performance.now() - start < 120_000; await sleep(50)) progress = (await service.call<Progress>('progress', { topic })).records;
  await service.call('settle');
  return (performance.now() - start) / 1000;
}
