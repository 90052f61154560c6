import { randomUUID } from 'node:crypto';
import type { LogRecord, RecordBatch, SubscribeOptions, Subscription } from '../event-log.js';
import { Backoff } from '../kafka/backoff.js';
import { Cursor, type Pending } from './cursor.js';
import type { GroupStore, GroupView, Membership } from './group-store.js';
import type { LogReader } from './log-reader.js';
import type { LogTopic } from './log-topics.js';
import type { OffsetWriter } from './offset-writer.js';
import { shareOut } from './share-out.js';

/** What a subscription shares with the others of its log. */
export interface SubscriptionSurroundings {
  readonly groups: GroupStore;
  readonly reader: LogReader;
  readonly offsets: OffsetWriter;
  /** Other members in this process look again at who holds what. */
  membersChanged(group: string, topicId: number): void;
  closed(subscription: PostgresSubscription): void;
}

const defaults = { partitionsAtOnce: 2, maxRecords: 2_000, maxBytes: 1_048_576, sessionTimeoutMs: 15_000 };

/** One member of a group: the partitions it holds, and the loop that reads and works them. */
export class PostgresSubscription implements Subscription {
  readonly membership: Membership;
  private readonly options: SubscribeOptions & typeof defaults;
  private readonly cursors = new Map<number, Cursor>();
  private readonly atWork = new Set<Promise<unknown>>();
  /** Aborted when the partitions change hands, and when the subscription closes. */
  private tenure = new AbortController();
  private welcomed = false;
  private rebalancing: Promise<void> | null = null;
  /** False while a change of hands is under way or was interrupted. */
  private settled = true;
  private outdated = false;
  private readonly fetchBackoff = new Backoff();
  private fetching = false;
  private slots: number;
  private renewedAt = -Infinity;
  private progress = new Date();
  private closing: Promise<void> | null = null;

  constructor(
    options: SubscribeOptions,
    readonly topic: LogTopic,
    private readonly around: SubscriptionSurroundings,
  ) {
    this.options = { ...defaults, ...options };
    this.slots = this.options.partitionsAtOnce;
    this.membership = { group: options.group, topicId: topic.id, member: randomUUID(), sessionTimeoutMs: this.options.sessionTimeoutMs };
  }

  /** Joins the group and takes what is free; what others hold comes when they have let go. */
  async join(): Promise<void> {
    const { groups } = this.around;
    await groups.prepare(this.membership.group, this.topic.id);
    await this.renew();
    await this.look();
    this.around.membersChanged(this.membership.group, this.topic.id);
  }

  assigned(): readonly number[] {
    return this.tenure.signal.aborted ? [] : [...this.cursors.keys()].sort((a, b) => a - b);
  }

  seek(partition: number, offset: bigint): void {
    this.cursors.get(partition)?.seek(offset);
    this.pump();
  }

  lastProgress(): Date {
    return this.progress;
  }

  close(): Promise<void> {
    this.closing ??= this.leave();
    return this.closing;
  }

  /** Records came: `next` is the offset behind the last one. */
  appended(partition: number, next: bigint, records: readonly LogRecord[]): void {
    const cursor = this.cursors.get(partition);
    if (cursor === undefined) return;
    cursor.appended(next, performance.now(), records);
    this.pump();
  }

  /** Asks the database who holds what, now. */
  async look(): Promise<void> {
    const askedAt = performance.now();
    const [view] = await this.around.groups.views([this.membership]);
    if (view !== undefined) await this.see(view, askedAt);
  }

  /** The membership was prolonged at `performance.now()` = `at`. */
  renewed(at: number): void {
    this.renewedAt = at;
    this.progress = new Date();
  }

  /** Compares what the database, asked at `askedAt`, knows with what is held here, and starts to let go or to take over where they differ. */
  async see(view: GroupView, askedAt: number): Promise<void> {
    if (this.closing !== null) return;
    if (this.rebalancing !== null) {
      // What is going on was decided by an older view.
      this.outdated = true;
      return this.rebalancing;
    }
    for (const cursor of this.cursors.values()) {
      const end = view.ends.get(cursor.partition);
      if (end !== undefined) cursor.hear(end, askedAt);
    }
    const wanted = shareOut(view.members, this.membership.member, this.topic.partitions);
    const alive = new Set(view.members);
    const isMine = (p: number): boolean => view.holders.get(p) === this.membership.member;
    const isFree = (p: number): boolean => !alive.has(view.holders.get(p) ?? '');
    const held = [...this.cursors.keys()];
    const differs = held.some((p) => !wanted.includes(p) || !isMine(p)) || wanted.some((p) => !this.cursors.has(p) && (isMine(p) || isFree(p)));
    if (differs || !this.settled) await this.rebalance(wanted, view);
    else this.pump();
  }

  private async renew(): Promise<void> {
    const at = performance.now();
    await this.around.groups.renew([this.membership]);
    this.renewed(at);
  }

  private rebalance(wanted: readonly number[], view: GroupView): Promise<void> {
    this.settled = false;
    this.rebalancing = this.changeHands(wanted, view)
      .then(() => void (this.settled = true))
      .finally(() => {
        this.rebalancing = null;
        if (this.outdated) void this.look().catch(() => undefined);
        this.outdated = false;
      });
    return this.rebalancing;
  }

  /** Finishes what is in hand, gives back what is not wanted any more, takes what is free, and starts anew with all of it. */
  private async changeHands(wanted: readonly number[], view: GroupView): Promise<void> {
    await this.pause();
    const unwanted = [...this.cursors.keys()].filter((p) => !wanted.includes(p));
    await this.around.offsets.flush();
    if (unwanted.length > 0) await this.around.groups.release(this.membership, unwanted);
    const held = await this.around.groups.acquire(this.membership, wanted);
    for (const p of [...this.cursors.keys()]) if (!held.has(p)) this.cursors.delete(p);
    for (const [p, stored] of held) {
      if (this.cursors.has(p)) continue;
      const ends = view.ends.get(p) ?? { low: 0n, high: 0n };
      this.cursors.set(p, new Cursor(p, stored ?? ends.low, ends));
    }
    if (unwanted.length > 0) this.around.membersChanged(this.membership.group, this.topic.id);
    if (this.closing !== null) return;
    this.tenure = new AbortController();
    this.welcomed = false;
    for (const cursor of this.cursors.values()) Object.assign(cursor, { pending: null, busy: false, sought: false });
    this.track(this.welcome(this.tenure.signal));
  }

  private async welcome(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (; !signal.aborted; await backoff.pause(signal)) {
      try {
        await this.options.onAssigned?.(this.assigned(), this);
        this.welcomed = !signal.aborted;
        for (const cursor of this.cursors.values()) cursor.sought = false;
        this.pump();
        return;
      } catch {
        // "Not now": asked again.
      }
    }
  }

  /** Ends the tenure and waits until nothing is in hand. */
  private async pause(): Promise<void> {
    this.tenure.abort();
    while (this.atWork.size > 0) await Promise.allSettled(this.atWork);
  }

  private async leave(): Promise<void> {
    this.tenure.abort();
    await this.rebalancing?.catch(() => undefined);
    await this.pause();
    try {
      await this.around.offsets.flush();
      await this.around.groups.leave(this.membership);
    } catch {
      // The log is away: the membership expires by itself, and the offset was a hint.
    }
    this.cursors.clear();
    this.around.closed(this);
    this.around.membersChanged(this.membership.group, this.topic.id);
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.catch(() => undefined).finally(() => this.atWork.delete(tracked));
    this.atWork.add(tracked);
  }

  /** Membership that others may have taken over is not acted on. */
  private get isMember(): boolean {
    return performance.now() - this.renewedAt < this.membership.sessionTimeoutMs;
  }

  /** Reads for the partitions that have work and a slot, by one statement; called whenever something changes. */
  private pump(): void {
    if (this.fetching || !this.welcomed || this.tenure.signal.aborted || !this.isMember || this.slots === 0) return;
    const ready = [...this.cursors.values()].filter((cursor) => cursor.hasWork).slice(0, this.slots);
    if (ready.length === 0) return;
    for (const cursor of ready) {
      cursor.busy = true;
      // Last in line next time, so that a busy partition leaves room to the others.
      this.cursors.delete(cursor.partition);
      this.cursors.set(cursor.partition, cursor);
    }
    this.slots -= ready.length;
    this.fetching = true;
    this.track(this.fetchAndWork(ready, this.tenure.signal));
  }

  private async fetchAndWork(ready: readonly Cursor[], signal: AbortSignal): Promise<void> {
    try {
      await this.fetch(ready.filter(({ pending }) => pending === null));
      this.fetchBackoff.reset();
    } catch {
      await this.fetchBackoff.pause(signal);
    } finally {
      this.fetching = false;
    }
    for (const cursor of ready) this.track(this.work(cursor, signal));
    this.pump();
  }

  private async fetch(idle: readonly Cursor[]): Promise<void> {
    const cursors = idle.filter((cursor) => !cursor.takeAhead());
    if (cursors.length < idle.length) this.progress = new Date();
    if (cursors.length === 0) return;
    const from = cursors.map(({ partition, position, notBefore }) => ({ partition, offset: position, notBefore }));
    const askedAt = performance.now();
    const slices = await this.around.reader.read(this.topic, from, this.options.maxRecords, this.options.maxBytes);
    this.progress = new Date();
    for (const [i, cursor] of cursors.entries()) {
      const slice = slices.get(cursor.partition);
      // A seek that came meanwhile makes it worthless.
      if (slice === undefined || cursor.position !== from[i]?.offset) continue;
      if (!cursor.take(slice, askedAt)) continue;
      if (cursor.isOutside(slice)) cursor.pending = { ...slice, records: [] };
      else if (slice.records.length > 0) cursor.pending = slice;
      // Everything up to the end was compacted away.
      else cursor.position = slice.high;
    }
  }

  /** Hands out what is pending of one partition, then gives the slot to the next. */
  private async work(cursor: Cursor, signal: AbortSignal): Promise<void> {
    const { pending } = cursor;
    let rests = false;
    if (pending !== null && !signal.aborted) {
      cursor.sought = false;
      try {
        const next = await this.options.onBatch(this.batch(pending, signal));
        rests = !this.advance(cursor, pending, next);
      } catch {
        rests = true;
      }
    }
    this.slots++;
    if (rests && !cursor.sought) {
      // Rests without a slot: other partitions go on.
      this.track(cursor.backoff.pause(signal).then(() => this.freed(cursor)));
      this.pump();
    } else this.freed(cursor);
  }

  private freed(cursor: Cursor): void {
    cursor.busy = false;
    this.pump();
  }

  /** Moves on to `next`; false when that is no progress. */
  private advance(cursor: Cursor, pending: Pending, next: bigint): boolean {
    if (cursor.sought) return true;
    const stuck = next === cursor.position;
    cursor.pending = null;
    cursor.position = next;
    if (cursor.isOutside(pending)) return false;
    this.around.offsets.set(this.membership, cursor.partition, next);
    if (stuck) return false;
    cursor.backoff.reset();
    return true;
  }

  private batch({ partition, records, high, low }: Pending, signal: AbortSignal): RecordBatch {
    return {
      partition, records, highWatermark: high, lowWatermark: low,
      isCurrent: () => !signal.aborted && this.isMember,
      heartbeat: async () => {
        if (performance.now() - this.renewedAt > this.membership.sessionTimeoutMs / 3) await this.renew();
      },
    };
  }
}
