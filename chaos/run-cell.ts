import type { EventLog } from '@perennial/messaging/event-log';
import { retryTransient } from '@perennial/messaging/retry-transient';
import { Random } from '@perennial/testing/random';
import type { Cell, CellContext, CellSystem } from './cell.js';
import { check, type Findings } from './check/check.js';
import { settle, type Settled } from './check/settle.js';
import { watchStoredOffsets } from './check/stored-offsets.js';
import { WebhookSink } from './faults/webhook-sink.js';
import { BacktestsBeside } from './load/backtests-beside.js';
import { makeHookEndpoints } from './load/hook-events.js';
import { Load } from './load/load.js';
import { plan } from './load/plan.js';
import { KafkaSystem } from './system/kafka-system.js';
import { PostgresSystem } from './system/postgres-system.js';
import type { LogKind } from './system/system.js';

export interface CellResult {
  readonly cell: string;
  readonly log: LogKind;
  readonly seed: number;
  readonly accepted: number;
  /** False where the cell ended before everything was compared: the next four say nothing then. */
  readonly checked: boolean;
  readonly lost: number;
  readonly doubled: number;
  /** Differences from the replay by one thread. */
  readonly oracle: number;
  readonly lag: number;
  readonly seconds: number;
  readonly verdict: 'ok' | 'failed';
  /** The first of each kind, and what the cell had to say. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  readonly retries: number;
}

const shown = 5;

/** Runs one cell on a system of its own, backtests beside it where these are wished for. Never throws: what goes wrong is the result. */
export async function runCell(cell: Cell, log: LogKind, seed: number, beside: 'backtests' | null): Promise<CellResult> {
  const startedAt = performance.now();
  // Three, since the load asks for chance in an order that no seed decides.
  const [random, ofPlan, ofLoad] = ['', ' plan', ' load'].map((part) => new Random(seedOf(seed, cell.id + part, log))) as [Random, Random, Random];
  const faults: string[] = [];
  const notes: string[] = [];
  const undo: (() => unknown)[] = [];
  const phases: string[] = [];
  let phaseAt = startedAt;
  const phase = (name: string): void => {
    phases.push(`${name} ${((performance.now() - phaseAt) / 1000).toFixed(1)} s`);
    phaseAt = performance.now();
  };
  let checked = false;
  let findings: Findings = { lost: [], doubled: [], oracle: [], other: [] };
  let settled: Settled = { lag: 0, restless: [] };
  let load: Load | null = null;
  let system: KafkaSystem | PostgresSystem | null = null;
  try {
    const options: CellSystem = typeof cell.system === 'function' ? await cell.system(log) : (cell.system ?? {});
    if (options.cleanUp) undo.push(options.cleanUp);
    const running = log === 'kafka' ? await KafkaSystem.start(options) : await PostgresSystem.start(options);
    system = running;
    undo.push(() => running.stop());
    await watchStoredOffsets(running);
    phase('start');
    const sink = await WebhookSink.start();
    undo.push(() => sink.stop());
    await running.must('POST', '/api/v1/webhook-endpoints', { url: sink.url });
    const items = plan(ofPlan, { accounts: 20, uses: 40, foreign: log === 'kafka', hooks: true, farFuture: false, shuffled: false, now: new Date(), ...cell.plan });
    const started = new Load(running, items, await makeHookEndpoints(running), ofLoad, { seconds: cell.seconds ?? 8, ...(cell.repeats === undefined ? {} : { repeats: cell.repeats }) });
    load = started;
    undo.push(() => started.abandon());
    let eventLog: Promise<EventLog> | null = null;
    undo.push(async () => (await eventLog?.catch(() => null))?.close());
    let deadLetters: number | null = 0;
    const sinks = [sink];
    const context: CellContext = {
      system: running, load: started, sink, random,
      openLog: () => (eventLog ??= running.openLog()),
      fail: (what) => void faults.push(what),
      note: (what) => void notes.push(what),
      expectDeadLetters: (count) => void (deadLetters = count),
      alsoCheck: (other) => void sinks.push(other),
    };
    await cell.prepare?.(context);
    const backtests = beside === null ? null : await BacktestsBeside.start(running);
    undo.push(() => backtests?.stop());
    started.start();
    await cell.run(context);
    phase('fault');
    if (!cell.endsBroken) {
      await started.finish();
      phase('rest of the load');
      const ways = Map.groupBy(started.accepted, (item) => (item.door === 'clients' ? item.client : item.door === 'hooks' ? item.system : item.door));
      notes.push(`accepted: ${[...ways].map(([way, taken]) => `${taken.length} ${way}`).join('; ')}`);
      const atRest = async (): Promise<void> => {
        settled = await settle(running);
        if (settled.restless.length > 0) faults.push(`not at rest: ${settled.restless.join('; ')}`);
      };
      await atRest();
      phase('settling');
      if (cell.afterwards) {
        await cell.afterwards(context);
        await atRest();
      }
      if (backtests) notes.push(await backtests.finish());
      const readLog = await context.openLog();
      // On a loaded machine the broker itself may lose its session while it is read.
      findings = await retryTransient(() => check(running, readLog, started, { deadLetters, sinks }), 60_000);
      checked = true;
      phase('afterwards and check');
    }
  } catch (error) {
    faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  for (const kind of ['lost', 'doubled', 'oracle', 'other'] as const) {
    faults.push(...findings[kind].slice(0, shown).map((one) => `${kind}: ${one}`));
    if (findings[kind].length > shown) faults.push(`${kind}: and ${findings[kind].length - shown} more`);
  }
  if (faults.length > 0 && system) for (const process of system.processes.values()) notes.push(`${process.name} said last: ${process.tail()}`);
  for (const step of undo.reverse()) {
    try {
      await step();
    } catch (error) {
      faults.push(`cleaning up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  phase('stop');
  notes.push(`took: ${phases.join(', ')}`);
  return {
    cell: cell.id, log, seed, accepted: load?.accepted.size ?? 0, checked, lost: findings.lost.length, doubled: findings.doubled.length, oracle: findings.oracle.length, lag: settled.lag,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10, verdict: faults.length === 0 ? 'ok' : 'failed', faults, notes, retries: load?.retries ?? 0,
  };
}

/** Seed of one cell of a run: cells do not share their chance, so each can be repeated by itself. */
function seedOf(seed: number, cell: string, log: string): number {
  let hash = seed | 0;
  for (const char of `${cell} ${log}`) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return hash;
}
