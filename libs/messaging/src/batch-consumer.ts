import type { Envelope } from '@perennial/contracts/cloud-event';
import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import type { Transaction } from '@perennial/persistence/transaction';
import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** An event as a handler sees it: decoded, new (by version), in order. */
export type ReceivedEvent<T extends AnyTopic = AnyTopic> = EventOf<T> & {
  readonly envelope: Envelope;
  readonly key: string;
  /** Version of (topic, key); 0 on topics without versions. */
  readonly version: number;
  readonly partition: number;
  readonly offset: bigint;
  /** When the log took the record. */
  readonly receivedAt: Date;
};

/**
 * Memory of one assigned partition. It lives until the partition is revoked, a transaction fails or the
 * fence misses; then everything in it is thrown away, so it may hold states that the database also holds.
 */
export interface PartitionMemory {
  /** The value kept under `slot`, made on first use. */
  keep<V>(slot: symbol, make: () => V): V;
}

/** One chunk of one partition: what one transaction works off. */
export interface EventBatch<T extends AnyTopic> {
  readonly topic: T;
  readonly partition: number;
  readonly events: readonly ReceivedEvent<T>[];
  readonly memory: PartitionMemory;
  /** True when nothing more was waiting in the partition behind this chunk at the time of the fetch. */
  readonly caughtUp: boolean;
  /** True while the service reads its topics again: what other partitions told it may be of long ago yet. */
  readonly rebuilding: boolean;
}

/**
 * Applies one chunk inside `tx`: load, fold, save, publish; a constant number of queries whatever the
 * chunk's size. Everything it writes goes through `tx` (publishing through the Outbox). It never catches:
 * a throw rolls the chunk back, and the transport retries, bisects or dead-letters by the error's class.
 *
 * Records that it finds it can never apply it may return instead of throwing: they go to the dead letters
 * in this same transaction, and the others need not be worked again. It has folded nothing of them.
 */
export interface BatchHandler<T extends AnyTopic> {
  handle(batch: EventBatch<T>, tx: Transaction): Promise<void | readonly PoisonRecord[]>;
}

/** Deterministic failure of one record: it goes to the dead letters without further tries. */
export class PoisonRecord extends Error {
  override readonly name = 'PoisonRecord';
  constructor(
    readonly code: string,
    detail: string,
    /** The event that cannot be applied; its neighbours are. */
    readonly event: { readonly partition: number; readonly offset: bigint },
  ) {
    super(detail);
  }
}

export const CONSUMES = 'perennial:consumes';

export interface ConsumerWishes {
  /**
   * Rest after a small batch, ms, so that the next one is larger: fewer transactions for a handler that few events
   * concern. Default 0: every batch is worked as soon as it is there.
   */
  readonly restMs?: number;
}

export interface Consumption extends ConsumerWishes {
  readonly topic: AnyTopic;
}

/** Class decorator of a provider implementing `BatchHandler<T>`: it consumes `topic` in the group `<service>.<stream>`. */
export const Consumes = (topic: AnyTopic, wishes: ConsumerWishes = {}): CustomDecorator => SetMetadata(CONSUMES, { topic, ...wishes } satisfies Consumption);
