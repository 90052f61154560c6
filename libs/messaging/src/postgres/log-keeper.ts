import type { GroupStore } from './group-store.js';
import type { PostgresSubscription } from './postgres-subscription.js';

/** How often the database is looked at when nothing wakes anybody, ms; sooner where sessions are shorter. */
const longestPauseMs = 5_000;

/**
 * The pulse of a log's subscriptions: prolongs all memberships and looks at groups and watermarks, by two
 * statements whatever the number of subscriptions. What another process appended is found here.
 */
export class LogKeeper {
  readonly subscriptions = new Set<PostgresSubscription>();
  private timer: NodeJS.Timeout | null = null;
  private beating = false;
  private stopped = false;

  constructor(private readonly groups: GroupStore) {}

  add(subscription: PostgresSubscription): void {
    this.subscriptions.add(subscription);
    this.schedule();
  }

  remove(subscription: PostgresSubscription): void {
    this.subscriptions.delete(subscription);
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped || this.beating) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.subscriptions.size === 0) return;
    const pause = Math.min(longestPauseMs, ...[...this.subscriptions].map(({ membership }) => membership.sessionTimeoutMs / 3));
    this.timer = setTimeout(() => void this.beat(), pause);
  }

  private async beat(): Promise<void> {
    this.beating = true;
    const all = [...this.subscriptions];
    try {
      const at = performance.now();
      await this.groups.renew(all.map(({ membership }) => membership));
      for (const subscription of all) subscription.renewed(at);
      const askedAt = performance.now();
      const views = await this.groups.views(all.map(({ membership }) => membership));
      // Not waited for: letting go takes as long as the batch in hand, and the next pulse must not be late.
      for (const [i, subscription] of all.entries()) {
        const view = views[i];
        if (view !== undefined) void subscription.see(view, askedAt).catch(() => undefined);
      }
    } catch {
      // The database is away: subscriptions show it by their last progress, and the next pulse tries again.
    } finally {
      this.beating = false;
      this.schedule();
    }
  }
}
