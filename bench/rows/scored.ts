import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import pg from 'pg';
import { ask } from '../harness/ask.js';
import { PerennialUp } from '../harness/perennial-up.js';
import { quantile, spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { closedLoop, openLoop, refusalFault } from '../load/http-load.js';
import { SegmentCalls } from '../load/segment-calls.js';
import type { Row, Run } from './row.js';

const perSecond = 100;
const accounts = 1_000;
const windowMs = 5_000;
const topEvents = 6_000;
/** How much Segment's Node client puts into a request, of which a sender may make 1,000 a second. */
const batchSize = 15;
const topConnections = 8;
const lateMs = 60_000;
const lookMs = 5;

/** G8: an accepted event until its account's new score can be read, in the whole system. */
export const scored: Row = {
  ids: ['G8'],
  async measure(run) {
    await using around = await run.surroundings();
    await using system = PerennialUp.on(run.kind === 'kafka' ? around.brokers : null, run.options.env);
    await system.start();
    const url = new URL(system.ready.url);
    let window = 0;
    const known = (): SegmentCalls => new SegmentCalls(url, system.ready.writeKey, `s${window++}`, accounts);
    const unknown = (): SegmentCalls => new SegmentCalls(url, system.ready.writeKey, `s${window++}`, 1e9, `new-${window}`);
    const at = (rate: number, calls: SegmentCalls, size = 1): Promise<Window> => measured(system, calls, { rate, size }, run.ms(windowMs));
    await makeKnown(system, known());
    await at(perSecond, known());
    const [slow, opening]: [Window[], Window[]] = [[], []];
    for (let round = 0; round < run.options.rounds; round++) slow.push(await at(perSecond, known()));
    tell(run, `accepted to new score readable, at ${perSecond}/s on ${told(accounts)} accounts`, slow, { gate: 250, goal: 100 });
    const top = await topRate(run, system, known());
    const fast: Window[] = [];
    for (let round = 0; round < run.fewRounds; round++) fast.push(await at(Math.round(top / 2), known(), batchSize));
    tell(run, `the same at half of the highest rate, ${told(top / 2)}/s in batches of ${batchSize}`, fast, { gate: 500, goal: 250 });
    for (let round = 0; round < run.fewRounds; round++) opening.push(await at(perSecond, unknown()));
    tell(run, `at ${perSecond}/s, where each event is the first of a new account`, opening, { gate: null, goal: null });
  },
};

export interface Window {
  readonly p50: number;
  readonly p99: number;
  readonly fault: string | null;
  /** Rising. */
  readonly latencies: readonly number[];
}

function tell(run: Run, title: string, windows: readonly Window[], bounds: { gate: number | null; goal: number | null }): void {
  run.tell({
    id: 'G8', title, unit: 'ms p99', better: 'lower', ...bounds, value: spreadOf(windows.map(({ p99 }) => p99)), detail: `p50 ${told(spreadOf(windows.map(({ p50 }) => p50)).median)} ms`,
    void: windows.find(({ fault }) => fault !== null)?.fault ?? null, raw: windows.map(({ p50, p99, fault }) => ({ p50, p99, fault })),
  });
}

/** Sends three events of every account and waits until they are scored. */
export async function makeKnown(system: PerennialUp, calls: SegmentCalls): Promise<void> {
  const { accepted } = await openLoop(new URL(system.ready.url), 10, 3 * accounts, 2, () => calls.batch(100));
  await signalsApplied(system, accepted.length);
}

export async function measured(system: PerennialUp, calls: SegmentCalls, { rate, size }: { rate: number; size: number }, forMs: number): Promise<Window> {
  const watch = await ScoreWatch.start(system.databaseUrl('health-scoring'));
  const before = await applied(system);
  const load = await openLoop(new URL(system.ready.url), rate / size, forMs, 128, (dueAt) => {
    const call = size === 1 ? calls.single() : calls.batch(size);
    for (const account of call.accounts) watch.expect(account, dueAt);
    return call;
  });
  const latencies = (await watch.end()).sort((a, b) => a - b);
  const scoredEvents = (await signalsApplied(system, before + load.accepted.length)) - before;
  const fault = refusalFault(load) ?? (scoredEvents === load.accepted.length && latencies.length === scoredEvents ? null : `${scoredEvents} of ${load.accepted.length} events were scored, ${latencies.length} scores seen`);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), fault, latencies };
}

/**
 * Asks the scorer's database, every few ms, how many events of each account are in its score: the version it has seen
 * commits with the state and the verdict that the API answers from.
 */
class ScoreWatch {
  private readonly latencies: number[] = [];
  /** When the events of an account that are not scored yet were due, by the version each will have. */
  private readonly open = new Map<string, { readonly version: number; readonly dueAt: number }[]>();
  private going = true;
  private done: Promise<void> = Promise.resolve();

  private constructor(
    private readonly client: pg.Client,
    private readonly versions: Map<string, number>,
  ) {}

  static async start(databaseUrl: string): Promise<ScoreWatch> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ key: string; version: string }>('SELECT key, version FROM messaging_seen WHERE topic = $1', [signalsTopic.name]);
    const watch = new ScoreWatch(client, new Map(rows.map(({ key, version }) => [key, Number(version)])));
    watch.done = watch.look();
    return watch;
  }

  /** One more event of `account` is under way. */
  expect(account: string, dueAt: number): void {
    const version = (this.versions.get(account) ?? 0) + 1;
    this.versions.set(account, version);
    this.open.set(account, [...(this.open.get(account) ?? []), { version, dueAt }]);
  }

  /** Latencies of the events scored, ms; waits for those that are missing. */
  async end(): Promise<number[]> {
    for (const end = performance.now() + lateMs; this.open.size > 0 && performance.now() < end; ) await sleep(20);
    this.going = false;
    await this.done;
    await this.client.end();
    return this.latencies;
  }

  private async look(): Promise<void> {
    for (; this.going; await sleep(lookMs)) {
      if (this.open.size === 0) continue;
      const { rows } = await this.client.query<{ key: string; version: string }>({ name: 'look', text: 'SELECT key, version FROM messaging_seen WHERE topic = $1 AND key = ANY($2)', values: [signalsTopic.name, [...this.open.keys()]] });
      const now = performance.now();
      for (const { key, version } of rows) {
        const left = (this.open.get(key) ?? []).filter((event) => event.version > Number(version) || void this.latencies.push(now - event.dueAt));
        if (left.length === 0) this.open.delete(key);
        else this.open.set(key, left);
      }
    }
  }
}

/** Events/s that the whole system works off, sent as fast as they are taken. */
async function topRate(run: Run, system: PerennialUp, calls: SegmentCalls): Promise<number> {
  const before = await applied(system);
  const start = performance.now();
  // A bounded backlog: what is accepted has to be worked off too.
  let batches = Math.round(run.count(topEvents) / batchSize);
  const load = await closedLoop(new URL(system.ready.url), topConnections, lateMs, () => (batches-- > 0 ? calls.batch(batchSize) : null));
  const fault = refusalFault(load);
  if (fault !== null) throw new Error(fault);
  const missing = before + load.accepted.length - (await signalsApplied(system, before + load.accepted.length));
  if (missing > 0) throw new Error(`${missing} of ${load.accepted.length} events were not scored in time`);
  return (load.accepted.length * 1000) / (performance.now() - start);
}

async function applied(system: PerennialUp): Promise<number> {
  const [row] = await ask<{ versions: string | null }>(system.databaseUrl('health-scoring'), 'SELECT sum(version) AS versions FROM messaging_seen WHERE topic = $1', [signalsTopic.name]);
  return Number(row?.versions ?? 0);
}

/** Signals that scoring applied, once they are `expected` or too much time has gone. */
export async function signalsApplied(system: PerennialUp, expected: number): Promise<number> {
  for (const end = performance.now() + lateMs; ; await sleep(50)) {
    const found = await applied(system);
    if (found >= expected || performance.now() > end) return found;
  }
}
