import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { AccountStore, type LockedAccounts } from './account-store.js';
import { PublishAccounts } from './publish-accounts.js';
import { Restatements } from './restatements.js';

/** Tells everybody anew of accounts that consist of something else now: merged or parted, or somebody was taken out of them. */
@Injectable()
export class RegroupAccounts {
  constructor(
    private readonly restatements: Restatements,
    private readonly accounts: AccountStore,
    private readonly publishAccounts: PublishAccounts,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /**
   * Nobody else tells of these accounts, nor changes `more`, until the transaction ends. Restatements first, as whoever
   * restates does; whoever is about to publish a signal holds its account.
   */
  async hold(tx: Transaction, ids: readonly string[], more: readonly string[] = []): Promise<void> {
    await this.restatements.hold(tx, ids);
    await this.lock(tx, [...new Set([...more, ...ids])]);
  }

  /** The accounts as they are now; those that are held already, or alone in this transaction. */
  async publish(tx: Transaction, ids: readonly string[]): Promise<void> {
    const { accounts } = await this.lock(tx, ids);
    await this.publishAccounts.publish(tx, accounts.map((account) => ({ account, cause: undefined })), this.clock.now());
  }

  /** The accounts as they are now, and their signals once more from the start. */
  async tell(tx: Transaction, ids: readonly string[], reason: string): Promise<void> {
    if (ids.length === 0) return;
    await this.restatements.hold(tx, ids);
    await this.publish(tx, ids);
    await this.restatements.regroup(tx, ids, reason.slice(0, 500), this.clock.now());
    tx.afterCommit(() => this.nudge.nudge());
  }

  /** Whole, in one order. */
  lock(tx: Transaction, ids: readonly string[]): Promise<LockedAccounts> {
    const now = this.clock.now().getTime();
    return this.accounts.lock(tx, [...ids].sort().map((id) => ({ id, earliest: now, whole: true })));
  }
}
