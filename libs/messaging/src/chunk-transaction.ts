import type { AnyTopic } from '@perennial/contracts/topic';
import type { Database, Transaction } from '@perennial/persistence/transaction';
import { markApplyingAgain } from './applying-again.js';
import type { BatchHandler, EventBatch, PoisonRecord } from './batch-consumer.js';
import { select, type Selection } from './chunk-selection.js';
import type { ChunkItem } from './chunk.js';
import type { ConsumerOffsets } from './consumer-offsets.js';
import type { DeadLetterWriter, RefusedRecord } from './dead-letter-writer.js';
import type { EventTraces } from './event-traces.js';
import { killPoint } from './kill-point.js';
import type { PartitionState } from './partition-state.js';
import { redactedMessage } from './redact.js';

/** The fence was not where this consumer left it: another one worked the partition. */
export class FenceMissed extends Error {
  override readonly name = 'FenceMissed';
}

export interface ChunkResult {
  readonly applied: number;
  readonly refused: readonly RefusedRecord[];
}

/** Id of a record's event as the fence keeps it; null where it has none. */
const eventId = (item: ChunkItem): string | null => item.record.headers['ce_id']?.replaceAll('\0', '') ?? null;

/** One chunk in one transaction: fence and versions, select what is new, handle, dead letters. */
export class ChunkTransaction {
  constructor(
    private readonly topic: AnyTopic,
    private readonly group: string,
    private readonly handler: BatchHandler<AnyTopic>,
    private readonly database: Database,
    private readonly offsets: ConsumerOffsets,
    private readonly letters: DeadLetterWriter,
    private readonly traces: EventTraces,
  ) {}

  /** Commits the chunk or throws; after a throw the partition's memory is empty. */
  async run(partition: PartitionState, items: readonly ChunkItem[], highWatermark: bigint): Promise<ChunkResult> {
    const first = items[0];
    const last = items.at(-1);
    if (!first || !last) throw new RangeError('a chunk has at least one record');
    const move = {
      partition: partition.partition,
      epoch: partition.epoch,
      from: partition.next,
      to: last.record.offset + 1n,
      lastOffset: last.record.offset,
      lastEventId: eventId(last),
      appliedAt: last.record.timestamp,
    };
    const newest = newestVersions(this.topic, items);
    let tries = 0;
    try {
      const result = await this.database.transaction(async (tx) => {
        // A deadlock runs this again: what the first try put into the memory was rolled back.
        if (tries++ > 0) partition.memory.clear();
        const fence = await this.offsets.move(tx, this.topic.name, move, newest);
        if (fence === null) throw new FenceMissed(`${this.topic.name}/${partition.partition} is no longer at ${move.from}`);
        if (partition.told.has(first.record.offset)) markApplyingAgain(tx);
        const replays = await this.letters.replaysAmong(tx, this.topic, items.map((item) => item.record));
        const selection = select(this.topic, items, fence.seen, replays);
        const standing = { caughtUp: highWatermark <= move.to, rebuilding: fence.rebuilding };
        const applied = await this.handle(selection, partition, items, standing, tx);
        await this.letters.settle(tx, selection.settled);
        await this.letters.write(tx, this.topic, partition.partition, selection.refused);
        if (selection.refused.length > 0) killPoint('consumer.after-dead-letter');
        killPoint('consumer.before-commit');
        return { applied, refused: selection.refused };
      });
      partition.moved(move.to, move.appliedAt);
      return result;
    } catch (error) {
      partition.memory.clear();
      throw error;
    }
  }

  /** Gives the handler what is new; the records it returns join the refused. */
  private async handle(selection: Selection, partition: PartitionState, items: readonly ChunkItem[], standing: Pick<EventBatch<AnyTopic>, 'caughtUp' | 'rebuilding'>, tx: Transaction): Promise<number> {
    const { events } = selection;
    if (events.length === 0) return 0;
    const trace = this.traces.begin(this.topic.name, this.group, events);
    try {
      killPoint('consumer.before-handler');
      const batch = { topic: this.topic, partition: partition.partition, events, memory: partition.memory, ...standing };
      const poison = await trace.run(async () => this.handler.handle(batch, tx));
      killPoint('consumer.after-handler');
      trace.end();
      for (const one of poison ?? []) this.refuse(selection, items, one);
      return events.length - (poison?.length ?? 0);
    } catch (error) {
      trace.end(error);
      throw error;
    }
  }

  private refuse(selection: Selection, items: readonly ChunkItem[], poison: PoisonRecord): void {
    const item = items.find(({ record }) => record.offset === poison.event.offset);
    if (!item) throw new RangeError(`the handler refused offset ${poison.event.offset}, which is not in its batch`);
    const replayOf = selection.replays.get(item.record.offset) ?? null;
    if (replayOf) selection.settled.delete(replayOf.id);
    selection.refused.push({ record: item.record, refusal: { class: 'poison', code: poison.code, message: redactedMessage(poison) }, replayOf });
  }
}

/** The highest version of each key in the chunk; empty where the topic has none. */
function newestVersions(topic: AnyTopic, items: readonly ChunkItem[]): Map<string, number> {
  const newest = new Map<string, number>();
  if (!topic.versioned) return newest;
  for (const { event } of items) if (event && event.version > (newest.get(event.key) ?? 0)) newest.set(event.key, event.version);
  return newest;
}
