import { telemetryTopic } from '@perennial/contracts/topics';
import { alternate, type Comparison, type Measured } from '../harness/figure.js';
import type { Surroundings } from '../harness/surroundings.js';
import { told } from '../harness/table.js';
import { TopicLedger } from '../harness/topic-ledger.js';
import { closedLoop, refusalFault, type Call } from '../load/http-load.js';
import { SegmentCalls } from '../load/segment-calls.js';
import type { Started } from '../processes/service.js';
import type { Row, Run } from './row.js';

/** As many as keep the server at work while the log syncs to disk. */
const connections = 256;
/** Told beside it: so few wait for the disk most of the time. */
const fewConnections = 64;
const batchConnections = 8;
const windowMs = 3_000;
/** Until the compiler has seen enough of it. */
const warmUpMs = 8_000;

/** G1, G2: what the front door takes, answered after the log has it for good. */
export const edge: Row = {
  ids: ['G1', 'G2'],
  async measure(run) {
    await using around = await run.surroundings(run.wants('G2'));
    const settings = await around.newLog();
    const service = around.child('service');
    const { url } = await service.call<Started>('start', { service: 'signal-ingestion', log: settings, hold: [telemetryTopic.name] });
    const target = new URL(url);
    const calls = new SegmentCalls(target, await service.call<string>('writeKey'), `edge-${run.kind}`);
    const log = await around.open(settings);
    const ledger = new TopicLedger(log, telemetryTopic.name);
    const measured = async (at: number, next: () => Call): Promise<Measured> => {
      await ledger.skip();
      const load = await closedLoop(target, at, run.ms(windowMs), next);
      return { value: load.accepted.length / load.seconds, fault: refusalFault(load) ?? (await ledger.fault(load.accepted)) };
    };
    try {
      if (run.wants('G1')) await single(run, around, (at) => measured(at, calls.single), calls, target);
      if (run.wants('G2')) await batches(run, around, () => measured(batchConnections, () => calls.batch(100)));
    } finally {
      await log.close();
    }
  },
};

async function single(run: Run, around: Surroundings, candidate: (at: number) => Promise<Measured>, calls: SegmentCalls, target: URL): Promise<void> {
  const raw = around.child('raw-http', false);
  const rawUrl = new URL(await raw.call<string>('start'));
  const rawCalls = new SegmentCalls(rawUrl, 'wk_none', 'raw');
  const baseline = async (at: number): Promise<Measured> => {
    const load = await closedLoop(rawUrl, at, run.ms(windowMs), rawCalls.single);
    return { value: load.accepted.length / load.seconds, fault: refusalFault(load) };
  };
  await closedLoop(rawUrl, connections, warmUpMs, rawCalls.single);
  await closedLoop(target, connections, warmUpMs, calls.single);
  for (const [at, bounds] of [[connections, { gate: 0.25, goal: 0.4 }], [fewConnections, { gate: null, goal: null }]] as const) {
    const result = await alternate(run.options.rounds, () => baseline(at), () => candidate(at));
    run.tell({ id: 'G1', title: `HTTP, one event a request over ${at} connections, durable`, unit: 'x B1', better: 'higher', ...bounds, value: result.ratio, detail: made(result, 'requests/s'), void: result.void, raw: result.raw });
  }
  await raw.stop();
}

async function batches(run: Run, around: Surroundings, candidate: () => Promise<Measured>): Promise<void> {
  const raw = around.child('raw-kafka', false);
  await raw.call('connect', { brokers: around.brokers });
  const baseline = async (): Promise<Measured> => ({ value: await raw.call<number>('sendRate', { forMs: run.ms(windowMs) }), fault: null });
  await baseline();
  await candidate();
  const result = await alternate(run.options.rounds, baseline, candidate);
  run.tell({ id: 'G2', title: 'HTTP, 100 events a request, durable', unit: 'x B2', better: 'higher', gate: 0.35, goal: 0.5, value: result.ratio, detail: made(result, 'events/s'), void: result.void, raw: result.raw });
  await raw.stop();
}

/** `4,812 of 26,100 requests/s` */
export function made({ candidate, baseline }: Comparison, unit: string): string {
  return `${told(candidate.median)} of ${told(baseline.median)} ${unit}`;
}
