import { compared, type Bounds, type Measured } from '../harness/figure.js';
import { PipelineStage } from '../harness/pipeline-stage.js';
import type { Surroundings } from '../harness/surroundings.js';
import { told } from '../harness/table.js';
import { streamsRate, type StreamsOptions } from '../streams/kafka-streams.js';
import { made } from './edge.js';
import { cpuTold } from './pipeline.js';
import type { Row, Run } from './row.js';

const streamsEvents = 2_000_000;
const foldEvents = 300_000;
/** The fastest on two cores (152,000 events/s of 100,000 accounts) of one thread and two (105,000 to 123,000), of RocksDB (143,000) and of commits every 100 ms (111,000 to 130,000). */
const fastest: Omit<StreamsOptions, 'count' | 'warm'> = { threads: 2, store: 'memory', commitMs: 1_000 };
const sizes: readonly (readonly [accounts: number, bounds: Bounds])[] = [
  [100_000, { unit: 'x B4', better: 'higher', gate: 1, goal: 1.5 }],
  [1_000, { unit: 'x B4', better: 'higher', gate: 1.7, goal: 2.5 }],
];

/** G5: the fold against a Kafka Streams program that does the same exactly once, its Java machine warm. */
export const streams: Row = {
  ids: ['G5'],
  async measure(run) {
    await using around = await run.surroundings(true);
    const raw = around.child('raw-kafka', false);
    await raw.call('connect', { brokers: around.brokers });
    for (const [accounts, bounds] of sizes) {
      const topic = `streams-${accounts}`;
      await raw.call('layFor', { topic, accounts, count: run.count(streamsEvents) });
      const { baselines, candidates } = await inTurns(run, around, topic, accounts);
      const result = compared(baselines, candidates);
      run.tell({ id: 'G5', title: `toy fold against Kafka Streams, ${told(accounts)} accounts`, ...bounds, value: result.ratio, detail: `${made(result, 'events/s')}; ${cpuTold(candidates)}`, void: result.void, raw: result.raw });
    }
  },
};

async function inTurns(run: Run, around: Surroundings, topic: string, accounts: number): Promise<{ baselines: Measured[]; candidates: Measured[] }> {
  const count = run.count(streamsEvents);
  const stage = await PipelineStage.start(around, `fold-${accounts}`);
  await stage.drain({ accounts }, run.count(foldEvents));
  const baselines: Measured[] = [];
  const candidates: Measured[] = [];
  for (let round = 0; round < run.fewRounds; round++) {
    baselines.push({ value: await streamsRate(around.brokers, topic, `${topic}-${round}`, { ...fastest, warm: Math.round(count / 4), count }), fault: null });
    candidates.push(await stage.drain({ accounts }, run.count(foldEvents)));
  }
  await stage.child.stop();
  return { baselines, candidates };
}
