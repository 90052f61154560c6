import { Injectable, Logger } from '@nestjs/common';
import { scorecardsTopic, signalsTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { Outbox } from '@perennial/messaging/outbox';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import type { AccountHealthState } from '../domain/state.js';
import { Backfills } from './backfills.js';
import { byHalves } from './by-halves.js';
import { LookPlan } from './look-plan.js';
import { RescoreAccounts } from './rescore-accounts.js';
import { ScorecardStore } from './scorecard-store.js';
import { ScoringPolicy } from './scoring-policy.js';
import { SignalTime, type LookTime } from './signal-time.js';

/** Accounts of one transaction: few, so that signals of the same accounts wait for milliseconds only. */
const mostAtOnce = 100;
/** Machine time of one call: the service may have to stop. */
const longestMs = 2_000;

/**
 * After a publication looks at the accounts that were judged by what was in force before, those of the partitions that this
 * replica consumes. Which these are stands with each verdict, so it goes on after any stop, and also finds
 * what another replica judged by the old scorecards afterwards. What that changes carries the cause `revision`; when no account
 * is left, what the publication did to all of them is told once.
 */
@Injectable()
@RunsDueWork()
export class FollowScorecards implements DueWork {
  private readonly logger = new Logger(FollowScorecards.name);

  constructor(
    private readonly database: Database,
    private readonly plan: LookPlan,
    private readonly store: ScorecardStore,
    private readonly outbox: Outbox,
    private readonly policy: ScoringPolicy,
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly backfills: Backfills,
    private readonly progress: ConsumerProgress,
    private readonly clock: Clock,
  ) {}

  /** Due is also what lies in partitions that nobody has yet, as after a crash: they come to this replica or another one. */
  async nextDueAt(): Promise<Date | null> {
    const everywhere = Array.from({ length: this.progress.partitionCount(signalsTopic) }, (_, partition) => partition);
    const isDue = (await this.behind(everywhere, 1)).length > 0 || (await this.store.canTell(this.database, this.policy.current().generation));
    return isDue ? this.clock.now() : null;
  }

  async runDue(now: Date): Promise<void> {
    const end = performance.now() + longestMs;
    for (let isMore = true; isMore && performance.now() < end; ) isMore = await this.lookAtSome();
    await this.tell(now);
  }

  private behind(partitions: readonly number[], limit: number): Promise<string[]> {
    return this.plan.behind(partitions, this.policy.current().generation, this.backfills.held(), limit);
  }

  private async tell(now: Date): Promise<void> {
    const { generation } = this.policy.current();
    if (!(await this.store.canTell(this.database, generation))) return;
    await this.database.transaction(async (tx) => {
      const drafts = [];
      for (const { generation: own, at, ...publication } of await this.store.takeUntold(tx, generation, now)) {
        const { bands, riskLevels } = await this.store.rollout(tx, own);
        drafts.push({ type: 'perennial.scorecard.changed.v1' as const, key: publication.scorecardId, time: now, data: { ...publication, at: at.toISOString(), bands: [...bands], riskLevels: [...riskLevels] } });
      }
      await this.outbox.publish(tx, scorecardsTopic, drafts);
    });
  }

  /** True when there may be more. */
  private async lookAtSome(): Promise<boolean> {
    const known = await this.signalTime.known(this.database);
    const time = this.signalTime.asKnown(known);
    const accountIds = await this.behind(this.progress.assigned(signalsTopic).filter((partition) => known.until(partition) !== null), mostAtOnce);
    const { generation } = this.policy.current();
    await byHalves(accountIds, (some) => this.lookAt(some, time, generation), async (accountId, error) => {
      this.logger.error({ msg: 'the account cannot be judged by the scorecards in force', account_id: accountId, err: error });
      await this.plan.skip(accountId, generation);
    });
    return accountIds.length === mostAtOnce;
  }

  private async lookAt(accountIds: readonly string[], time: LookTime, generation: number): Promise<number> {
    const changes = accountIds.map((accountId) => ({ accountId, contacts: [], apply: (state: AccountHealthState) => (state.memory.generation < generation ? undefined : (false as const)) }));
    return (await this.database.transaction((tx) => this.rescoreAccounts.rescore(tx, null, changes, time, 'time'))).length;
  }
}
