import { Injectable, Logger } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { killPoint } from '@perennial/messaging/kill-point';
import { Database } from '@perennial/persistence/transaction';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import type { AccountHealthState } from '../domain/state.js';
import { Backfills } from './backfills.js';
import { byHalves } from './by-halves.js';
import { LookPlan } from './look-plan.js';
import { RescoreAccounts } from './rescore-accounts.js';
import { SignalTime, type LookTime } from './signal-time.js';

/** Accounts of one transaction. */
const mostAtOnce = 200;
/** Machine time of one call: at midnight UTC a whole book is due, and the service may have to stop. */
const longestMs = 2_000;
/** How long an account whose look fails is left alone. */
const putOffMs = 3_600_000;

/**
 * Time alone changes verdicts: answers age, silence grows, overrides lapse. Looks at accounts of the partitions
 * this replica consumes, as of now where no signal waits and as of the last signal where some do.
 */
@Injectable()
@RunsDueWork()
export class LookAtDueAccounts implements DueWork {
  private readonly logger = new Logger(LookAtDueAccounts.name);

  constructor(
    private readonly database: Database,
    private readonly plan: LookPlan,
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly backfills: Backfills,
    private readonly progress: ConsumerProgress,
  ) {}

  nextDueAt(): Promise<Date | null> {
    return this.plan.nextLookAt(this.progress.assigned(signalsTopic));
  }

  async runDue(now: Date): Promise<void> {
    const end = performance.now() + longestMs;
    for (let isMore = true; isMore && performance.now() < end; ) isMore = await this.lookAtSome(now);
  }

  /** True when there may be more. */
  private async lookAtSome(now: Date): Promise<boolean> {
    const known = await this.signalTime.known(this.database);
    const times = this.progress.assigned(signalsTopic).flatMap((partition) => {
      const asOf = known.until(partition);
      return asOf === null ? [] : [{ partition, asOf }];
    });
    const due = await this.plan.due(times, this.backfills.held(), mostAtOnce);
    if (due.length > 0) killPoint('sweep.planned');
    const time = this.signalTime.asKnown(known);
    const looked = await byHalves(due, (some) => this.lookAtAll(some, time), async (accountId, error) => {
      this.logger.error({ msg: 'the account cannot be judged', account_id: accountId, err: error });
      await this.plan.postpone(accountId, new Date(now.getTime() + putOffMs));
    });
    return due.length === mostAtOnce && looked > 0;
  }

  private async lookAtAll(accountIds: readonly string[], time: LookTime): Promise<number> {
    // Between plan and lock another replica may have looked.
    const changes = accountIds.map((accountId) => ({
      accountId,
      contacts: [],
      apply: (state: AccountHealthState) => (state.nextLookAt <= (time.asOf(state)?.getTime() ?? 0) ? undefined : (false as const)),
    }));
    const looked = await this.database.transaction(async (tx) => {
      const { length } = await this.rescoreAccounts.rescore(tx, null, changes, time, 'time');
      if (length > 0) killPoint('sweep.before-commit');
      return length;
    });
    if (looked > 0) killPoint('sweep.after-commit');
    return looked;
  }
}
