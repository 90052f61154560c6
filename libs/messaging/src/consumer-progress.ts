import type { AnyTopic } from '@perennial/contracts/topic';
import type { Sql } from '@perennial/persistence/transaction';
import type { ConsumerOffsets, StoredOffset } from './consumer-offsets.js';
import type { EventLog, Watermarks } from './event-log.js';
import type { EventLogTransport } from './event-log-transport.js';
import type { PartitionState } from './partition-state.js';

export interface PartitionLag {
  /** Consumer group. */
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Records appended and not applied yet. */
  readonly lag: number;
}

export interface Readiness {
  readonly ready: boolean;
  /** What is missing, for people; empty when ready. */
  readonly reasons: readonly string[];
}

/** How far the consumers of a topic have come. */
export interface Standing {
  /** Partitions of which it is not known that all is applied, whoever works them; every one while the log is away. */
  readonly behind: ReadonlySet<number>;
  /** The service reads its topics again: what it holds may be of long ago yet. */
  readonly rebuilding: boolean;
}

/** Watermarks this young answer for now: looks ask partition by partition. */
const watermarksHoldMs = 100;

/** How far the consumers of this service have come: lag, catching up, readiness by progress. */
export class ConsumerProgress {
  private readonly watermarks = new Map<string, { readonly at: number; readonly found: Promise<Watermarks[]> }>();

  constructor(
    private readonly log: EventLog,
    private readonly offsets: ConsumerOffsets,
    private readonly transport: EventLogTransport,
    private readonly stalledAfterMs: number,
  ) {}

  /** Lag of every partition of every topic the service consumes, whoever works it. Throws `Transient` when log or database are away. */
  async lag(): Promise<PartitionLag[]> {
    const perTopic = await Promise.all(
      this.transport.consumers.map(async ({ topic, group }) => {
        const [{ offsets: stored }, watermarks] = await Promise.all([this.offsets.load(topic.name), this.log.watermarks(topic.name)]);
        return watermarks.map(({ partition, low, high }) => ({ group, topic: topic.name, partition, lag: Number(high - (stored.get(partition)?.next ?? low)) }));
      }),
    );
    return perTopic.flat().map((entry) => ({ ...entry, lag: Math.max(0, entry.lag) }));
  }

  /** Topics this service consumes. */
  topics(): readonly string[] {
    return this.transport.consumers.map(({ topic }) => topic.name);
  }

  /** Partitions of the topic that this process works now. */
  assigned(topic: AnyTopic): readonly number[] {
    return this.states(topic).map(({ partition }) => partition);
  }

  /** Partitions of a topic this service consumes; known once its consumers have started. */
  partitionCount(topic: AnyTopic): number {
    const count = this.transport.partitionCounts.get(topic.name);
    if (count === undefined) throw new Error(`${topic.name} is not consumed here, or the consumers have not started`);
    return count;
  }

  /** True when everything in the partition, as the log has it now, is applied here. False when that is not known: not assigned, stopped, log away. */
  async caughtUp(topic: AnyTopic, partition: number): Promise<boolean> {
    const state = this.states(topic).find((one) => one.partition === partition);
    if (!state || state.stopped !== null) return false;
    try {
      const marks = (await this.watermarksOf(topic.name)).find((one) => one.partition === partition);
      return marks !== undefined && state.next >= marks.high;
    } catch {
      return false;
    }
  }

  /** The partitions that are `behind`. */
  async behind(topic: AnyTopic, sql?: Sql): Promise<ReadonlySet<number>> {
    return (await this.standing(topic, sql)).behind;
  }

  /** Inside a transaction give it as `sql`: a second connection per transaction would drain the pool. */
  async standing(topic: AnyTopic, sql?: Sql): Promise<Standing> {
    const { offsets, rebuilding } = await this.offsets.load(topic.name, sql);
    return { behind: await this.behindOf(topic, offsets), rebuilding };
  }

  /** Whether a rebuild is under way, as `sql` sees it: inside a transaction behind the locks of what a rebuild clears, it is not yet or no longer. */
  rebuilding(sql: Sql): Promise<boolean> {
    return this.offsets.rebuilding(sql);
  }

  private async behindOf(topic: AnyTopic, stored: ReadonlyMap<number, StoredOffset>): Promise<ReadonlySet<number>> {
    const all = Array.from({ length: this.partitionCount(topic) }, (_, partition) => partition);
    try {
      const highs = new Map((await this.watermarksOf(topic.name)).map(({ partition, low, high }) => [partition, { low, high }]));
      return new Set(all.filter((partition) => {
        const marks = highs.get(partition);
        return marks === undefined || (stored.get(partition)?.next ?? marks.low) < marks.high;
      }));
    } catch {
      return new Set(all);
    }
  }

  /** Offset behind the last record applied, by partition, whoever works it; absent: nothing was. */
  async applied(topic: AnyTopic, sql?: Sql): Promise<ReadonlyMap<number, bigint>> {
    return new Map([...(await this.offsets.load(topic.name, sql)).offsets].map(([partition, { next }]) => [partition, next]));
  }

  /** Record time of the last record applied; null when nothing was, or the partition is not assigned here. */
  lastAppliedAt(topic: AnyTopic, partition: number): Date | null {
    return this.states(topic).find((one) => one.partition === partition)?.appliedAt ?? null;
  }

  /** Ready: the log answers, and each assigned partition moved lately or has no lag. A stopped partition says why. */
  async ready(): Promise<Readiness> {
    const reasons = await Promise.all(this.transport.consumers.map(async (consumer) => {
      const { topic } = consumer;
      if (!consumer.joined) return [`${topic.name}: not joined yet`];
      const stopped = consumer.assigned().filter((state) => state.stopped !== null).map((state) => `${topic.name}/${state.partition} stopped: ${state.stopped}`);
      return [...stopped, ...(await this.stalled(consumer.topic, consumer.lastProgress()))];
    }));
    const all = reasons.flat();
    if (!this.transport.listening) all.push('consumers have not started');
    return { ready: all.length === 0, reasons: all };
  }

  private async stalled(topic: AnyTopic, lastProgress: Date | null): Promise<string[]> {
    const limit = Date.now() - this.stalledAfterMs;
    if (lastProgress === null || lastProgress.getTime() < limit) return [`${topic.name}: no sign of life from the log`];
    const waiting = this.states(topic).filter((state) => state.stopped === null && state.movedAt < limit);
    if (waiting.length === 0) return [];
    try {
      const highs = new Map((await this.watermarksOf(topic.name)).map(({ partition, high }) => [partition, high]));
      return waiting.filter((state) => (highs.get(state.partition) ?? 0n) > state.next).map((state) => `${topic.name}/${state.partition}: lag without progress`);
    } catch {
      return [`${topic.name}: the log does not answer`];
    }
  }

  private states(topic: AnyTopic): readonly PartitionState[] {
    return this.transport.consumers.find((consumer) => consumer.topic.name === topic.name)?.assigned() ?? [];
  }

  private watermarksOf(topic: string): Promise<Watermarks[]> {
    const kept = this.watermarks.get(topic);
    if (kept && Date.now() - kept.at < watermarksHoldMs) return kept.found;
    const found = this.log.watermarks(topic);
    this.watermarks.set(topic, { at: Date.now(), found });
    found.catch(() => this.watermarks.delete(topic));
    return found;
  }
}
