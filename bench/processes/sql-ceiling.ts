import type { AnyTopic } from '@perennial/contracts/topic';
import { signalsTopic } from '@perennial/contracts/topics';
import { ConsumerOffsets } from '@perennial/messaging/consumer-offsets';
import { messagingMigrations } from '@perennial/messaging/messaging-migrations';
import { SlotMemory } from '@perennial/messaging/partition-memory';
import { partitionOf } from '@perennial/messaging/partitioner';
import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { testPostgres } from '@perennial/testing/postgres';
import { CreateFoldTable1700000000002, loadCounts, saveCounts } from '../fold/fold-store.js';
import { SignalStream } from '../load/signal-stream.js';
import { answer } from './answer.js';

/** B5: the statements of the fold's transactions, two connections at once, fed from memory: no log, no decoding, no framework. */
interface Event {
  readonly key: string;
  readonly version: number;
  readonly occurredAt: string;
}

const partitions = 12;
const atOnce = 2;
const topic: AnyTopic = signalsTopic;
let database: TypeOrmDatabase;
let offsets: ConsumerOffsets;
let stream: SignalStream;
const memories = Array.from({ length: partitions }, () => new SlotMemory());
const fences = Array.from({ length: partitions }, () => 0n);

answer(
  {
    async start({ accounts }: { accounts: number }) {
      database = await TypeOrmDatabase.open({ url: await (await testPostgres()).emptyDatabase(), migrations: [...messagingMigrations, CreateFoldTable1700000000002] });
      offsets = new ConsumerOffsets(database);
      await offsets.begin(topic.name, 'none', fences.map((next, partition) => ({ partition, next })));
      stream = new SignalStream({ kind: 'signals', topic: topic.name, accounts, days: 28 });
    },
    /** Events/s of working off `count` events in transactions of `chunk`. */
    async rate({ count, chunk }: { count: number; chunk: number }): Promise<number> {
      const chunks = laidUp(count, chunk);
      const start = performance.now();
      await Promise.all(Array.from({ length: atOnce }, async (_, lane) => {
        // A partition belongs to one lane, as it belongs to one consumer.
        for (const { partition, events } of chunks) if (partition % atOnce === lane) await work(partition, events);
      }));
      return (count * 1000) / (performance.now() - start);
    },
  },
  async () => {
    await database?.close();
  },
);

function laidUp(count: number, chunk: number): { partition: number; events: Event[] }[] {
  const perPartition = Array.from({ length: partitions }, (): Event[] => []);
  for (let i = 0; i < count; i++) {
    const { key, value } = stream.next();
    perPartition[partitionOf(key ?? '', partitions)]!.push({ key: key ?? '', ...(JSON.parse(value?.toString() ?? '') as { version: number; occurredAt: string }) });
  }
  return perPartition.flatMap((events, partition) => Array.from({ length: Math.ceil(events.length / chunk) }, (_, i) => ({ partition, events: events.slice(i * chunk, (i + 1) * chunk) })));
}

async function work(partition: number, events: readonly Event[]): Promise<void> {
  const memory = memories[partition]!;
  const from = fences[partition]!;
  const to = from + BigInt(events.length);
  await database.transaction(async (tx) => {
    const newest = new Map(events.map(({ key, version }) => [key, version]));
    const fence = await offsets.move(tx, topic.name, { partition, epoch: 0, from, to, lastOffset: to - 1n, lastEventId: null, appliedAt: new Date() }, newest);
    const states = await loadCounts(tx, memory, [...newest.keys()].sort());
    for (const { key, version, occurredAt } of events) if (version > (fence?.seen.get(key) ?? 0)) states.get(key)!.state.add(occurredAt);
    await saveCounts(tx, memory, states);
  });
  fences[partition] = to;
}
