import type { GroupStore, Membership, StoredOffset } from './group-store.js';

/** How long an offset may wait for others before it is stored, ms. It is a hint: losing it costs some records read twice. */
const delayMs = 500;

/** Stores the offsets of all subscriptions of a log together, by one statement now and then. */
export class OffsetWriter {
  private dirty = new Map<string, StoredOffset>();
  private timer: NodeJS.Timeout | null = null;
  private storing: Promise<void> = Promise.resolve();

  constructor(private readonly groups: GroupStore) {}

  set(membership: Membership, partition: number, offset: bigint): void {
    this.dirty.set(`${membership.member}/${partition}`, { membership, partition, offset });
    this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), delayMs);
  }

  /** Resolves when everything set so far is stored; throws `Transient` when it cannot be, and keeps it for the next time. */
  flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.storing = this.storing.catch(() => undefined).then(() => this.store());
    return this.storing;
  }

  /** Drops what is left: the log closes. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.dirty.clear();
  }

  private async store(): Promise<void> {
    const batch = this.dirty;
    if (batch.size === 0) return;
    this.dirty = new Map();
    try {
      await this.groups.store([...batch.values()]);
    } catch (error) {
      for (const [key, offset] of batch) if (!this.dirty.has(key)) this.dirty.set(key, offset);
      throw error;
    }
  }
}
