import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, RecordBatch, SubscribeOptions, Subscription } from '@perennial/messaging/event-log';

const lookMs = 20;
const heartbeatMs = 1_000;

/** What a consumer applied since it was let go. */
export interface Progress {
  readonly records: number;
  /** From the letting go to the last record. */
  readonly seconds: number;
}

/**
 * A log whose consumers can be held back, so that work can be laid up for them, and whose deliveries are
 * counted as they are applied. Everything else is the log itself.
 */
export class GatedLog {
  private readonly held = new Set<string>();
  private readonly applied = new Map<string, { records: number; since: number; last: number }>();

  /** The log to hand to a service. */
  readonly port: EventLog;

  constructor(private readonly log: EventLog) {
    this.port = new Proxy(log, {
      get: (target, name) => {
        if (name === 'subscribe') return (options: SubscribeOptions) => this.subscribe(options);
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  hold(topic: string): void {
    this.held.add(topic);
  }

  /** Lets the consumers of the topic go, and counts from here. */
  letGo(topic: string): void {
    const now = performance.now();
    this.applied.set(topic, { records: 0, since: now, last: now });
    this.held.delete(topic);
  }

  progress(topic: string): Progress {
    const { records, since, last } = this.applied.get(topic) ?? { records: 0, since: 0, last: 0 };
    return { records, seconds: (last - since) / 1000 };
  }

  private subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { topic } = options;
    return this.log.subscribe({
      ...options,
      onBatch: async (batch) => {
        await this.pass(topic, batch);
        const next = await options.onBatch(batch);
        const count = this.applied.get(topic);
        if (count) {
          count.records += batch.records.filter(({ offset }) => offset < next).length;
          count.last = performance.now();
        }
        return next;
      },
    });
  }

  private async pass(topic: string, batch: RecordBatch): Promise<void> {
    for (let beat = performance.now(); this.held.has(topic) && batch.isCurrent(); await sleep(lookMs)) {
      if (performance.now() - beat < heartbeatMs) continue;
      await batch.heartbeat();
      beat = performance.now();
    }
  }
}
