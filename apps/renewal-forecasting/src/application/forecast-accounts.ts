import { Injectable } from '@nestjs/common';
import { renewalsTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { Outbox } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { forecastAccount } from '../domain/account-forecast.js';
import type { AccountState } from '../domain/account-state.js';
import { startOf } from '../domain/day.js';
import { renewalsDraft } from '../domain/published-renewals.js';
import { AccountForecastStore, type SavedAccount } from './account-forecast-store.js';
import { ForecastingPolicy } from './forecasting-policy.js';
import { publicationOf, type Publication } from './publication.js';

/** One change of one account: an event, or nothing but time. */
export interface AccountChange {
  readonly accountId: string;
  apply(state: AccountState): AccountState;
  readonly event?: ReceivedEvent;
}

interface Judged extends Omit<SavedAccount, 'published'> {
  readonly publication: Publication | null;
}

/**
 * The one way to a forecast, for signals, health and time alike: lock, fold in order, judge each changed
 * account once, publish, save. A constant number of statements whatever the number of changes.
 */
@Injectable()
export class ForecastAccounts {
  constructor(
    private readonly store: AccountForecastStore,
    private readonly policy: ForecastingPolicy,
    private readonly outbox: Outbox,
    private readonly dueWork: DueWorkNudge,
  ) {}

  /** `now` is the time to judge an account at; it never goes back. `always` judges also where only time changed. */
  async forecast(tx: Transaction, changes: readonly AccountChange[], now: (state: AccountState) => Date, always = false): Promise<void> {
    const before = await this.store.load(tx, [...new Set(changes.map(({ accountId }) => accountId))]);
    const after = new Map(before);
    const causes = new Map<string, ReceivedEvent | undefined>();
    for (const change of changes) {
      after.set(change.accountId, change.apply(after.get(change.accountId)!));
      causes.set(change.accountId, change.event);
    }
    const changed = [...after.values()].filter((state) => always || state !== before.get(state.accountId));
    if (changed.length === 0) return;

    const judged = changed.map((state) => this.judge(before.get(state.accountId)!, state, now(state)));
    const versions = await this.publish(tx, judged, causes);
    await this.store.save(tx, judged.map(({ publication, ...account }) => withVersion(account, publication, versions.get(account.after.accountId) ?? null)));
    const nextLooks = judged.flatMap(({ nextLookAt }) => (nextLookAt === null ? [] : [nextLookAt.getTime()]));
    if (nextLooks.length > 0) tx.afterCommit(() => this.dueWork.nudge(new Date(Math.min(...nextLooks))));
  }

  private judge(before: AccountState, state: AccountState, now: Date): Judged {
    if (state.restating) return { before, after: state, nextLookAt: null, publication: null };
    const asOf = laterOf(state.asOf, now.toISOString());
    const forecast = forecastAccount(state.ledger, state.facts, asOf, this.policy.prior, this.policy.renewals);
    return {
      before,
      after: { ...state, asOf },
      nextLookAt: forecast.nextLookOn === null ? null : new Date(startOf(forecast.nextLookOn)),
      publication: publicationOf(renewalsDraft(state.accountId, forecast, asOf), state.published),
    };
  }

  private async publish(tx: Transaction, judged: readonly Judged[], causes: ReadonlyMap<string, ReceivedEvent | undefined>): Promise<Map<string, number | null>> {
    const told = judged.flatMap(({ publication, after }) => (publication ? [{ ...publication, asOf: after.asOf! }] : []));
    if (told.length === 0) return new Map();
    const versions = await this.outbox.publish(tx, renewalsTopic, told.map(({ draft, fingerprint, asOf }) => ({
      type: 'perennial.renewal.changed.v1' as const,
      key: draft.accountId,
      data: draft,
      time: new Date(asOf),
      cause: causes.get(draft.accountId),
      fingerprint,
    })));
    return new Map(told.map(({ draft }, index) => [draft.accountId, versions[index] ?? null]));
  }
}

function withVersion(account: Omit<SavedAccount, 'published'>, publication: Publication | null, version: number | null): SavedAccount {
  if (publication === null || version === null) return { ...account, published: null };
  return { ...account, after: { ...account.after, published: publication.published }, published: { draft: publication.draft, version } };
}

function laterOf(before: string | null, now: string): string {
  return before !== null && before > now ? before : now;
}
