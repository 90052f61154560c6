import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, LogRecord, RecordBatch, SubscribeOptions, Subscription } from '../src/event-log.js';

/** Polls until `check` holds; fails with what `describe` says after `timeoutMs`. */
export async function eventually(check: () => boolean | Promise<boolean>, describe: () => string, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${describe()}`);
    await sleep(25);
  }
}

/** Where a batch ends: the offset behind its last record. An empty one says where the log's oldest record stands. */
export const endOf = (batch: RecordBatch): bigint => (batch.records.at(-1)?.offset ?? batch.lowWatermark - 1n) + 1n;

export interface SeenBatch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly lowWatermark: bigint;
  readonly highWatermark: bigint;
}

/** A consumer that writes down everything it is handed, also what its handler then refuses. */
export class Collector {
  readonly batches: SeenBatch[] = [];
  readonly assignments: number[][] = [];
  /** Values of worked records (handler returned), by partition, in order. */
  readonly worked = new Map<number, LogRecord[]>();
  subscription!: Subscription;

  static async start(log: EventLog, options: Omit<SubscribeOptions, 'onBatch'> & { onBatch?: (batch: RecordBatch) => Promise<bigint> }): Promise<Collector> {
    const collector = new Collector();
    const { onBatch = async (batch: RecordBatch) => endOf(batch), onAssigned, ...rest } = options;
    collector.subscription = await log.subscribe({
      ...rest,
      onBatch: async (batch) => {
        const { partition, records, lowWatermark, highWatermark } = batch;
        collector.batches.push({ partition, records, lowWatermark, highWatermark });
        const next = await onBatch(batch);
        const list = collector.worked.get(partition) ?? [];
        collector.worked.set(partition, list);
        list.push(...records.filter((record) => record.offset < next));
        return next;
      },
      onAssigned: async (partitions, subscription) => {
        collector.assignments.push([...partitions]);
        await onAssigned?.(partitions, subscription);
      },
    });
    return collector;
  }

  get values(): string[] {
    return [...this.worked.values()].flat().map((record) => String(record.value));
  }

  async untilWorked(count: number, timeoutMs?: number): Promise<void> {
    await eventually(() => this.values.length >= count, () => `${this.values.length} of ${count} records worked`, timeoutMs);
  }

  async untilValues(expected: Iterable<string>, timeoutMs?: number): Promise<void> {
    const wanted = new Set(expected);
    const missing = () => [...wanted].filter((value) => !new Set(this.values).has(value));
    await eventually(() => missing().length === 0, () => `${missing().length} of ${wanted.size} values missing, e.g. ${missing()[0]}`, timeoutMs);
  }
}
