import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import pg from 'pg';
import { ask } from '../harness/ask.js';
import { PerennialUp } from '../harness/perennial-up.js';
import { quantile, spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { closedLoop, openLoop, refusalFault, type Call } from '../load/http-load.js';
import { postRequest } from '../load/http-connection.js';
import { SegmentCalls } from '../load/segment-calls.js';
import type { Row, Run } from './row.js';

const perSecond = 100;
const windowMs = 5_000;
const topMs = 5_000;
const lateMs = 60_000;
const lookMs = 5;
/** Events whose score is waited for, of all that are sent. */
const watchedPerSecond = 100;

/** G8: an accepted event until its account's new score can be read, in the whole system. */
export const scored: Row = {
  ids: ['G8'],
  async measure(run) {
    await using around = await run.surroundings();
    await using system = PerennialUp.on(run.kind === 'kafka' ? around.brokers : null, run.options.env);
    await system.start();
    let window = 0;
    const at = (rate: number): Promise<Window> => measured(system, `s${window++}`, rate, run.ms(windowMs));
    await at(perSecond);
    const slow: Window[] = [];
    for (let round = 0; round < run.options.rounds; round++) slow.push(await at(perSecond));
    tell(run, `accepted to new score readable, at ${perSecond}/s`, slow, { gate: 250, goal: 100 });
    const top = await topRate(run, system);
    const fast: Window[] = [];
    for (let round = 0; round < run.fewRounds; round++) fast.push(await at(Math.round(top / 2)));
    tell(run, `the same at half of the highest rate, ${told(top / 2)}/s`, fast, { gate: 500, goal: 250 });
  },
};

interface Window {
  readonly p50: number;
  readonly p99: number;
  readonly fault: string | null;
}

function tell(run: Run, title: string, windows: readonly Window[], bounds: { gate: number; goal: number }): void {
  run.tell({
    id: 'G8', title, unit: 'ms p99', better: 'lower', ...bounds, value: spreadOf(windows.map(({ p99 }) => p99)), detail: `p50 ${told(spreadOf(windows.map(({ p50 }) => p50)).median)} ms`,
    void: windows.find(({ fault }) => fault !== null)?.fault ?? null, raw: windows,
  });
}

/** Watched events are the first of an account of their own: its score is there when it can be read at all. */
async function measured(system: PerennialUp, name: string, rate: number, forMs: number): Promise<Window> {
  const url = new URL(system.ready.url);
  const calls = new SegmentCalls(url, system.ready.writeKey, name, 1_000);
  const headers = { authorization: `Basic ${Buffer.from(`${system.ready.writeKey}:`).toString('base64')}` };
  const every = Math.max(1, Math.round(rate / watchedPerSecond));
  const dueAt = new Map<string, number>();
  let sent = 0;
  const next = (at: number): Call => {
    if (sent++ % every !== 0) return calls.single();
    const account = `${name}-watched-${dueAt.size}`;
    dueAt.set(account, at);
    const event = { type: 'track', messageId: account, userId: `user-${account}`, event: 'Report Exported', context: { groupId: account }, timestamp: new Date().toISOString() };
    return { request: postRequest(url, '/v1/track', headers, JSON.stringify(event)), ids: [account] };
  };
  const watch = new ScoreWatch(system.databaseUrl('health-scoring'), dueAt);
  await watch.start();
  const before = await applied(system);
  const load = await openLoop(url, rate, forMs, 128, next);
  const latencies = (await watch.end()).sort((a, b) => a - b);
  const scoredEvents = (await signalsApplied(system, before + load.accepted.length)) - before;
  const fault = refusalFault(load) ?? (scoredEvents === load.accepted.length && latencies.length === dueAt.size ? null : `${scoredEvents} of ${load.accepted.length} events were scored, ${latencies.length} of ${dueAt.size} scores seen`);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), fault };
}

/** Asks the scorer's own table, every few ms, which of the accounts can be read by now. */
class ScoreWatch {
  private readonly latencies: number[] = [];
  private readonly seen = new Set<string>();
  private readonly client: pg.Client;
  private going = true;
  private done: Promise<void> = Promise.resolve();

  constructor(
    databaseUrl: string,
    private readonly dueAt: ReadonlyMap<string, number>,
  ) {
    this.client = new pg.Client({ connectionString: databaseUrl });
  }

  async start(): Promise<void> {
    await this.client.connect();
    this.done = this.look();
  }

  async end(): Promise<number[]> {
    for (const end = performance.now() + lateMs; this.seen.size < this.dueAt.size && performance.now() < end; ) await sleep(20);
    this.going = false;
    await this.done;
    await this.client.end();
    return this.latencies;
  }

  private async look(): Promise<void> {
    for (; this.going; await sleep(lookMs)) {
      const waiting = [...this.dueAt.keys()].filter((account) => !this.seen.has(account));
      if (waiting.length === 0) continue;
      const { rows } = await this.client.query<{ account_id: string }>({ name: 'look', text: 'SELECT account_id FROM portfolio WHERE account_id = ANY($1) AND verdict IS NOT NULL', values: [waiting] });
      const now = performance.now();
      for (const { account_id: account } of rows) {
        this.seen.add(account);
        this.latencies.push(now - this.dueAt.get(account)!);
      }
    }
  }
}

/** Events/s that the whole system works off, sent in batches of 100 as fast as they are taken. */
async function topRate(run: Run, system: PerennialUp): Promise<number> {
  const url = new URL(system.ready.url);
  const calls = new SegmentCalls(url, system.ready.writeKey, 'top', 1_000);
  const before = await applied(system);
  const start = performance.now();
  let batches = Math.round(run.ms(topMs) / 100);
  const load = await closedLoop(url, 2, run.ms(topMs), () => {
    // A bounded backlog: what is accepted has to be worked off too.
    if (batches-- > 0) return calls.batch(100);
    return calls.single();
  });
  await signalsApplied(system, before + load.accepted.length);
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
