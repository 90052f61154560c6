import { Logger } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { AnyTopic } from '@perennial/contracts/topic';
import type { Database } from '@perennial/persistence/transaction';
import { CONSUMES, type BatchHandler, type Consumption } from './batch-consumer.js';
import { ChunkTransaction } from './chunk-transaction.js';
import { ChunkWorker } from './chunk-worker.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import type { ConsumerOffsets } from './consumer-offsets.js';
import { DeadLetterWriter } from './dead-letter-writer.js';
import { deadLetterTopicSpec } from './dead-letter.js';
import { topicSpec, type EventLog } from './event-log.js';
import type { EventTraces } from './event-traces.js';
import type { MessagingOptions } from './messaging-options.js';
import type { RelayNudge } from './relay-nudge.js';
import { retryTransient } from './retry-transient.js';
import { TopicConsumer } from './topic-consumer.js';

const startWithinMs = 15_000;

interface FoundHandler extends Consumption {
  readonly handler: BatchHandler<AnyTopic>;
}

/** Nest transport over the event log: finds `@Consumes` providers and runs one consumer per topic. */
export class EventLogTransport implements CustomTransportStrategy {
  private readonly logger = new Logger(EventLogTransport.name);
  private readonly running: TopicConsumer[] = [];
  /** Partitions of each consumed topic, by name. */
  readonly partitionCounts = new Map<string, number>();
  listening = false;

  constructor(
    private readonly options: MessagingOptions,
    private readonly log: EventLog,
    private readonly database: Database,
    private readonly offsets: ConsumerOffsets,
    private readonly traces: EventTraces,
    private readonly nudge: RelayNudge,
    private readonly discovery: DiscoveryService,
  ) {}

  /** The consumers of this process, one per topic. */
  get consumers(): readonly TopicConsumer[] {
    return this.running;
  }

  listen(callback: (...optionalParams: unknown[]) => unknown): void {
    this.start().then(() => callback(), callback);
  }

  /** Finishes the chunks in hand and leaves the groups. */
  async close(): Promise<void> {
    this.listening = false;
    await Promise.all(this.running.map((consumer) => consumer.close()));
  }

  /** Makes every consumer go by the stored offsets again; a rebuild has changed them. */
  async reopen(): Promise<void> {
    await Promise.all(this.running.map((consumer) => consumer.reopen()));
  }

  private async start(): Promise<void> {
    const found = this.handlers();
    const partitions = this.options.partitions;
    const specs = found.flatMap(({ topic }) => [topicSpec(topic, partitions), deadLetterTopicSpec(topic, this.options.service)]);
    // Topics that were made a moment ago are not known to every broker yet.
    await retryTransient(() => this.log.ensureTopics(specs), startWithinMs);
    for (const { topic } of found) this.partitionCounts.set(topic.name, await retryTransient(() => this.log.partitionCount(topic.name), startWithinMs));
    const metrics = new ConsumerMetrics();
    this.running.push(...found.map((one) => this.consumer(one, metrics)));
    await Promise.all(this.running.map((consumer) => consumer.start()));
    this.listening = true;
    this.logger.log({ msg: 'consumers started', topics: found.map(({ topic }) => topic.name) });
  }

  private consumer({ topic, handler, restMs = 0 }: FoundHandler, metrics: ConsumerMetrics): TopicConsumer {
    const { service, serviceVersion = 'unknown', partitionsAtOnce = 2, sessionTimeoutMs = 12_000 } = this.options;
    const group = `${service}.${topic.stream}`;
    const letters = new DeadLetterWriter(service, serviceVersion, this.nudge);
    const transaction = new ChunkTransaction(topic, group, handler, this.database, this.offsets, letters, this.traces);
    const worker = new ChunkWorker(topic.name, group, transaction, metrics);
    return new TopicConsumer({ topic, group, partitionsAtOnce, sessionTimeoutMs, restMs }, this.log, this.offsets, worker, metrics);
  }

  private handlers(): FoundHandler[] {
    const found = new Map<string, FoundHandler>();
    for (const { instance, metatype } of this.discovery.getProviders() as { instance: unknown; metatype: unknown }[]) {
      const type = instance === null || typeof instance !== 'object' ? metatype : instance.constructor;
      const consumption = typeof type === 'function' ? (Reflect.getMetadata(CONSUMES, type) as Consumption | undefined) : undefined;
      if (!consumption) continue;
      const { topic } = consumption;
      const known = found.get(topic.name);
      if (known && known.handler !== instance) throw new Error(`${topic.name} has two handlers: one consumes for the whole service`);
      if (!isHandler(instance)) throw new Error(`the provider that consumes ${topic.name} has no handle(batch, tx)`);
      found.set(topic.name, { ...consumption, handler: instance });
    }
    return [...found.values()];
  }
}

function isHandler(instance: unknown): instance is BatchHandler<AnyTopic> {
  return typeof instance === 'object' && instance !== null && typeof (instance as { handle?: unknown }).handle === 'function';
}
