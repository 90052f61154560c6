import { compared, type Measured } from '../harness/figure.js';
import { ask } from '../harness/ask.js';
import { PipelineStage } from '../harness/pipeline-stage.js';
import { spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { made } from './edge.js';
import type { Row, Run } from './row.js';

const sizes = [1_000, 100_000, 1_000_000] as const;
const events = 100_000;
const scoredEvents = 60_000;
const bytesPerMb = 1_048_576;

/** G9: how the fold's rate falls as accounts grow. */
export const growth: Row = {
  ids: ['G9'],
  async measure(run) {
    await using around = await run.surroundings();
    const stages = new Map<number, PipelineStage>();
    for (const size of sizes) {
      const stage = await PipelineStage.start(around, `fold-${size}`);
      await stage.prefill(size, 'account');
      stages.set(size, stage);
    }
    const drain = (size: number): Promise<Measured> => stages.get(size)!.drain({ accounts: size, from: 1 }, run.count(events));
    const rates = new Map<number, Measured[]>(sizes.map((size) => [size, []]));
    for (const size of sizes) await drain(size);
    for (let round = 0; round < run.options.rounds; round++) for (const size of sizes) rates.get(size)!.push(await drain(size));
    tell(run, rates, 100_000, { gate: 0.75, goal: 0.9 });
    tell(run, rates, 1_000, { gate: 0.35, goal: 0.5 });
  },
};

function tell(run: Run, rates: ReadonlyMap<number, Measured[]>, from: number, bounds: { gate: number; goal: number }): void {
  const result = compared(rates.get(from)!, rates.get(1_000_000)!);
  run.tell({ id: 'G9', title: `accounts ${told(from)} to 1,000,000, toy fold`, unit: `x ${told(from)}`, better: 'higher', ...bounds, value: result.ratio, detail: made(result, 'events/s'), void: result.void, raw: result.raw });
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** G10: what the scorer's process and an account's stored state weigh. */
export const memory: Row = {
  ids: ['G10'],
  async measure(run) {
    const few = await weigh(run, 1_000);
    const many = await weigh(run, 1_000_000);
    const mb = (bytes: number): string => `${told(bytes / bytesPerMb)} MB`;
    run.tell({
      id: 'G10', title: 'memory of the scorer, 1,000,000 accounts against 1,000', unit: 'x', better: 'lower', gate: 1.3, goal: 1.1,
      value: spreadOf([many.memory.rss / few.memory.rss]), detail: `resident ${mb(many.memory.rss)} of ${mb(few.memory.rss)}; in use ${mb(many.inUse)} of ${mb(few.inUse)}`, void: many.fault ?? few.fault, raw: { few, many },
    });
    run.tell({ id: 'G10', title: 'stored state of an account', unit: 'bytes', better: 'lower', gate: 1024, goal: 500, value: spreadOf([few.stateBytes]), detail: `after ${told(run.count(scoredEvents) / 1000)} events each; ${told(many.stateBytes)} after one`, void: many.fault ?? few.fault, raw: {} });
  },
};

async function weigh(run: Run, accounts: number) {
  await using around = await run.surroundings();
  const stage = await PipelineStage.start(around, 'health-scoring');
  const { fault } = await stage.drain({ accounts }, run.count(scoredEvents));
  const found = await stage.child.call<Memory>('memory');
  const [row] = await ask<{ bytes: number }>(stage.databaseUrl, 'SELECT avg(octet_length(state))::float AS bytes FROM account_health');
  return { memory: found, inUse: found.heapUsed + found.external, stateBytes: row?.bytes ?? NaN, fault };
}
