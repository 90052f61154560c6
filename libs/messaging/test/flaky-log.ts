import { Transient } from '../src/errors.js';
import type { Erased, EventLog, LogRecord, OutgoingRecord, SubscribeOptions, Subscription, TopicSpec, Watermarks } from '../src/event-log.js';

/** A log whose `append` fails as the test says: before the records were stored, after, or after a part of them. */
export class FlakyLog implements EventLog {
  appends = 0;
  /** Seeks have no effect; kafkajs may apply one late. */
  deaf = false;
  constructor(
    readonly inner: EventLog,
    private readonly fault: (topic: string, call: number) => 'none' | 'before' | 'after' | 'half',
  ) {}

  get erases(): boolean {
    return this.inner.erases;
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    const fault = this.fault(topic, this.appends++);
    if (fault === 'before') throw new Transient('lost on the way there');
    await this.inner.append(topic, fault === 'half' ? records.slice(0, Math.ceil(records.length / 2)) : records);
    if (fault !== 'none') throw new Transient('lost on the way back');
  }

  erase(topic: string, texts: readonly string[], isAbout: (record: LogRecord) => boolean): Promise<Erased | null> {
    return this.inner.erase(topic, texts, isAbout);
  }
  identity(): Promise<string> {
    return this.inner.identity();
  }
  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.inner.ensureTopics(specs);
  }
  partitionCount(topic: string): Promise<number> {
    return this.inner.partitionCount(topic);
  }
  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.inner.subscribe(this.deaf ? deafToSeek(options) : options);
  }
  read(topic: string, partition: number, offset: bigint, limit: number): Promise<LogRecord[]> {
    return this.inner.read(topic, partition, offset, limit);
  }
  watermarks(topic: string): Promise<Watermarks[]> {
    return this.inner.watermarks(topic);
  }
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.inner.committed(group, topic);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

function deafToSeek(options: SubscribeOptions): SubscribeOptions {
  return {
    ...options,
    onAssigned: async (partitions, subscription) =>
      options.onAssigned?.(partitions, {
        assigned: () => subscription.assigned(),
        seek: () => undefined,
        lastProgress: () => subscription.lastProgress(),
        close: () => subscription.close(),
      }),
  };
}
