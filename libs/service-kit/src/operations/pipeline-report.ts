import type { ConsumerProgress, PartitionLag } from '@perennial/messaging/consumer-progress';
import type { DeadLetters } from '@perennial/messaging/dead-letters';
import type { EventLog } from '@perennial/messaging/event-log';
import type { OutboxRelay } from '@perennial/messaging/outbox-relay';
import type { Readiness } from './readiness.js';

export interface TopicReport {
  readonly topic: string;
  /** Records appended and not applied yet. */
  readonly lag: number;
  /** Age of the oldest of them in seconds, by the log's clock; 0 without lag. */
  readonly oldestSeconds: number;
  /** Records that wait in the dead letters for somebody. */
  readonly deadLetters: number;
  readonly partitions: readonly { readonly partition: number; readonly lag: number; readonly oldestSeconds: number }[];
}

/** One service's part of `GET /api/v1/pipeline`. */
export interface PipelineReport {
  readonly name: string;
  readonly ready: boolean;
  /** What keeps it from being ready, for people; empty when it is. */
  readonly missing: readonly string[];
  readonly topics: readonly TopicReport[];
  /** Rows not yet sent; null where nobody could tell. */
  readonly outbox: number | null;
  /** Rows that the log refused for good; null where nobody could tell. */
  readonly parked: number | null;
}

/** Says how far a service has come. */
export class Pipeline {
  constructor(
    private readonly name: string,
    private readonly eventLog: EventLog,
    private readonly progress: ConsumerProgress,
    private readonly relay: OutboxRelay,
    private readonly deadLetters: DeadLetters,
    private readonly readiness: Readiness,
  ) {}

  async report(): Promise<PipelineReport> {
    const [missing, lags, outbox, parked, dead] = await Promise.all([this.readiness.missing(), this.progress.lag(), this.relay.pending(), this.relay.parked(), this.deadLetters.deadByTopic()]);
    const partitions = await Promise.all(lags.map(async (entry) => ({ ...entry, oldestSeconds: await this.age(entry) })));
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, own]) => ({
      topic,
      lag: own.reduce((sum, { lag }) => sum + lag, 0),
      oldestSeconds: Math.max(0, ...own.map(({ oldestSeconds }) => oldestSeconds)),
      deadLetters: dead.get(topic) ?? 0,
      partitions: own.map(({ partition, lag, oldestSeconds }) => ({ partition, lag, oldestSeconds })),
    }));
    return { name: this.name, ready: missing.length === 0, missing, topics, outbox, parked };
  }

  /** Seconds since the log took the oldest record not applied yet. */
  private async age({ topic, partition, lag }: PartitionLag): Promise<number> {
    if (lag === 0) return 0;
    const marks = (await this.eventLog.watermarks(topic)).find((one) => one.partition === partition);
    if (!marks) return 0;
    const [oldest] = await this.eventLog.read(topic, partition, marks.high - BigInt(lag), 1);
    return oldest ? Math.max(0, Math.round((Date.now() - oldest.timestamp.getTime()) / 1000)) : 0;
  }
}
