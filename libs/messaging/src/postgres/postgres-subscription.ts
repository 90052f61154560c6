import type { LogRecord, SubscribeOptions, Subscription } from '../event-log.js';
import { Backoff } from '../backoff.js';
import { BatchLoop } from './batch-loop.js';
import { Cursor } from './cursor.js';
import type { GroupStore, GroupView, Membership } from './group-store.js';
import { Lease } from './lease.js';
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

/** One member of a group: takes and gives back partitions as members come and go, and has them worked meanwhile. */
export class PostgresSubscription implements Subscription {
  private readonly lease: Lease;
  private readonly loop: BatchLoop;
  /** Aborted when the partitions change hands, and when the subscription closes. */
  private tenure = new AbortController();
  private rebalancing: Promise<void> | null = null;
  /** False while a change of hands is under way or was interrupted. */
  private settled = true;
  private outdated = false;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly options: SubscribeOptions,
    readonly topic: LogTopic,
    private readonly around: SubscriptionSurroundings,
  ) {
    const { sessionTimeoutMs, ...wishes } = { ...defaults, ...options };
    this.lease = new Lease(options.group, topic.id, sessionTimeoutMs, around.groups);
    this.loop = new BatchLoop({ ...wishes, topic, reader: around.reader, offsets: around.offsets }, this.lease);
  }

  get membership(): Membership {
    return this.lease.membership;
  }

  private get cursors(): Map<number, Cursor> {
    return this.loop.cursors;
  }

  /** Joins the group and takes what is free; what others hold comes when they have let go. */
  async join(): Promise<void> {
    const { groups } = this.around;
    await groups.prepare(this.membership.group, this.topic.id);
    await this.lease.renew();
    await this.look();
    this.around.membersChanged(this.membership.group, this.topic.id);
  }

  assigned(): readonly number[] {
    return this.tenure.signal.aborted ? [] : [...this.cursors.keys()].sort((a, b) => a - b);
  }

  seek(partition: number, offset: bigint): void {
    const cursor = this.cursors.get(partition);
    if (cursor === undefined) return;
    // What is behind it was worked by somebody who could not say so any more, and nothing may come after it.
    if (offset > cursor.position && offset <= cursor.high) this.around.offsets.set(this.membership, partition, offset);
    cursor.seek(offset);
    this.loop.pump();
  }

  lastProgress(): Date {
    return this.lease.lastProgress();
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
    this.loop.pump();
  }

  /** Asks the database who holds what, now. */
  async look(): Promise<void> {
    const askedAt = performance.now();
    const [view] = await this.around.groups.views([this.membership]);
    if (view !== undefined) await this.see(view, askedAt);
  }

  /** The membership was prolonged at `performance.now()` = `at`. */
  renewed(at: number): void {
    this.lease.renewed(at);
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
    else this.loop.pump();
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
    for (const cursor of this.cursors.values()) Object.assign(cursor, { pending: null, busy: false, sought: false });
    this.loop.track(this.welcome(this.tenure.signal));
  }

  private async welcome(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (; !signal.aborted; await backoff.pause(signal)) {
      try {
        await this.options.onAssigned?.(this.assigned(), this);
        for (const cursor of this.cursors.values()) cursor.sought = false;
        this.loop.begin(signal);
        return;
      } catch {
        // "Not now": asked again.
      }
    }
  }

  /** Ends the tenure and waits until nothing is in hand. */
  private async pause(): Promise<void> {
    this.tenure.abort();
    await this.loop.idle();
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
}
