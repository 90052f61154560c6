import { randomUUID } from 'node:crypto';
import type { GroupStore, Membership } from './group-store.js';

/** One membership in a group: it holds as long as it was prolonged lately, and is not acted on after that. */
export class Lease {
  readonly membership: Membership;
  private renewedAt = -Infinity;
  private progress = new Date();

  constructor(
    group: string,
    topicId: number,
    sessionTimeoutMs: number,
    private readonly groups: GroupStore,
  ) {
    this.membership = { group, topicId, member: randomUUID(), sessionTimeoutMs };
  }

  /** False once others may have taken over. */
  holds(): boolean {
    return performance.now() - this.renewedAt < this.membership.sessionTimeoutMs;
  }

  async renew(): Promise<void> {
    const at = performance.now();
    await this.groups.renew([this.membership]);
    this.renewed(at);
  }

  /** Prolongs it when a third of its time has passed. */
  async heartbeat(): Promise<void> {
    if (performance.now() - this.renewedAt > this.membership.sessionTimeoutMs / 3) await this.renew();
  }

  /** It was prolonged at `performance.now()` = `at`. */
  renewed(at: number): void {
    this.renewedAt = at;
    this.progressed();
  }

  /** The log answered. */
  progressed(): void {
    this.progress = new Date();
  }

  lastProgress(): Date {
    return this.progress;
  }
}
