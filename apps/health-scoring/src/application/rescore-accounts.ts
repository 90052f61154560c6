import { Injectable } from '@nestjs/common';
import { healthTopic, riskChangesTopic } from '@perennial/contracts/topics';
import type { PartitionMemory, ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { isSilent } from '../domain/account-health.js';
import { importsOf } from '../domain/contacts/imported-word.js';
import type { SourceLiveness } from '../domain/sources/source-liveness.js';
import type { AccountHealthState, Cause } from '../domain/state.js';
import { heaviestRuleOf } from '../domain/usage/advance-heaviest.js';
import { AccountHealthStore, type ScoredAccount } from './account-health-store.js';
import { Backfills } from './backfills.js';
import { ImportQuestionStore, type AwaitingAccount } from './import-question-store.js';
import { isOutdated, judgeAccount, judgeAnew, type Judgement } from './judge-account.js';
import { readEveryone, type Everyone } from './read-everyone.js';
import { ScorecardStore } from './scorecard-store.js';
import { ScoringPolicy, type Policy } from './scoring-policy.js';
import { VerdictMetrics, type ToldRiskChange } from './verdict-metrics.js';
import type { LookTime } from './signal-time.js';

/** One change of one account: an event, a person's judgement, or nothing but time. */
export interface AccountChange {
  readonly accountId: string;
  /** Contacts whose facts `apply` reads or writes. */
  readonly contacts: readonly string[];
  /** Changes the state in place; false says that it left it as it was, and that no look is called for. */
  apply(state: AccountHealthState): void | false;
  readonly event?: ReceivedEvent;
  /** The verdict is told also where nothing differs but its words. */
  readonly isToldAnew?: boolean;
}

interface Judged extends Omit<ScoredAccount, 'version'> {
  readonly judgement: Judgement | null;
}
/** A look's time with the sources, and the imports that are no evidence, as its accounts' locks show them. */
interface Looks {
  readonly asOf: (state: AccountHealthState) => Date | null;
  readonly sources: SourceLiveness;
  /** What the scorecards in force take for heaviest users. */
  readonly rules: readonly number[];
  readonly uncounted: ReadonlySet<string>;
}
type Told = Judged & { readonly judgement: Judgement };

/**
 * The one way to a verdict, for events, judgements and time alike: lock, fold in order, look once per account,
 * publish, save. A constant number of statements whatever the number of changes.
 */
@Injectable()
export class RescoreAccounts {
  private readonly metrics = new VerdictMetrics();

  constructor(
    private readonly store: AccountHealthStore,
    private readonly scorecards: ScorecardStore,
    private readonly questions: ImportQuestionStore,
    private readonly policy: ScoringPolicy,
    private readonly backfills: Backfills,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly dueWork: DueWorkNudge,
  ) {}

  /** Answers the accounts that were changed or looked at. */
  async rescore(tx: Transaction, memory: PartitionMemory | null, changes: readonly AccountChange[], time: LookTime, cause: Cause): Promise<ScoredAccount[]> {
    // In this order: the sources are read behind the locks.
    const [states, sources] = await Promise.all([this.store.load(tx, memory, contactsOf(changes)), time.sources(tx)]);
    const uncounted = await this.questions.uncounted(tx, importsAmong(states.values(), changes));
    const policy = this.policy.current();
    const when: Looks = { asOf: (state) => time.asOf(state), sources, uncounted: new Set(uncounted.keys()), rules: policy.primary.map(({ indicators }) => heaviestRuleOf(indicators)) };
    const renewed = await this.followScorecards(tx, [...states.values()], policy, when);
    const causes = new Map<string, ReceivedEvent | undefined>();
    for (const change of changes) {
      if (change.apply(states.get(change.accountId)!) !== false) causes.set(change.accountId, change.event);
    }
    if (causes.size + renewed.size === 0) return [];

    const everyone = await this.everyone(tx, [...states.values()].filter(({ accountId }) => causes.has(accountId)), when);
    const now = this.clock.now();
    const judged = [...states.values()].flatMap((state) => {
      const earlier = renewed.get(state.accountId) ?? null;
      if (causes.has(state.accountId)) return [this.judge(state, policy, when, everyone, cause, now, earlier)];
      return earlier === null ? [] : [{ state, verdict: earlier.verdict, judgement: earlier, nextLookAt: new Date(state.nextLookAt) }];
    });
    const told = judged.filter((account): account is Told => account.judgement !== null);
    const { versions, changed } = await this.publish(tx, told, causes, new Set(changes.flatMap(({ accountId, isToldAnew }) => (isToldAnew ? [accountId] : []))));
    const scored = judged.map((account) => ({ state: account.state, verdict: account.verdict, nextLookAt: account.nextLookAt, version: versions.get(account.state.accountId) ?? null }));
    killPoint('scoring.before-save');
    await this.store.save(tx, memory, scored);
    await this.questions.await(tx, judged.flatMap(({ state }) => awaiting(state, uncounted)));
    await this.scorecards.addMoves(tx, policy.generation, told.flatMap(({ judgement }) => judgement.move ?? []));
    killPoint('scoring.after-save');
    const nextLook = earliest(scored);
    tx.afterCommit(() => {
      this.metrics.verdict('revision', renewed.size);
      this.metrics.verdict(cause, told.filter(({ state }) => causes.has(state.accountId)).length);
      this.metrics.riskChanged(changed, this.clock.now());
      if (nextLook) this.dueWork.nudge(nextLook);
    });
    return scored;
  }

  /** Looks at accounts that were judged by what is no longer in force, before anything is applied. */
  private async followScorecards(tx: Transaction, states: readonly AccountHealthState[], policy: Policy, when: Looks): Promise<Map<string, Judgement>> {
    const renewed = new Map<string, Judgement>();
    const outdated = states.filter((state) => isOutdated(state, policy) && !isSilent(state) && !this.backfills.holds(state.accountId));
    const everyone = await this.everyone(tx, outdated, when);
    for (const state of outdated) {
      const asOf = when.asOf(state);
      const judgement = asOf === null ? null : judgeAnew(state, policy, { asOf: asOf.getTime(), sources: when.sources, uncounted: when.uncounted, everyone: everyone(state) });
      if (judgement !== null) renewed.set(state.accountId, judgement);
    }
    return renewed;
  }

  private everyone(tx: Transaction, states: readonly AccountHealthState[], when: Looks): Promise<Everyone> {
    return readEveryone(this.store, tx, states.filter(({ accountId }) => !this.backfills.holds(accountId)), when);
  }

  private judge(state: AccountHealthState, policy: Policy, { asOf: asOfLook, sources, uncounted }: Looks, everyone: Everyone, cause: Cause, now: Date, earlier: Judgement | null): Judged {
    // What the scorecard changed was found out already, and is told also where the rest has to wait.
    const waits = (nextLookAt: Date | null): Judged => ({ state, verdict: earlier?.verdict ?? null, judgement: earlier, nextLookAt });
    if (isSilent(state)) return waits(null);
    const isLoading = this.backfills.holds(state.accountId);
    if (isLoading) state.pendingCause ??= 'import';
    const asOf = isLoading ? null : asOfLook(state);
    const judgement = asOf === null ? null : judgeAccount(state, policy, { asOf: asOf.getTime(), sources, uncounted, everyone: everyone(state) }, cause);
    if (judgement === null) {
      state.nextLookAt = now.getTime();
      return waits(now);
    }
    const whole = earlier === null ? judgement : { ...judgement, riskChanges: [...earlier.riskChanges, ...judgement.riskChanges], move: earlier.move ?? judgement.move };
    return { state, verdict: judgement.verdict, judgement: whole, nextLookAt: new Date(state.nextLookAt) };
  }

  /** Answers the version of each verdict that was published, and the risk changes that were. */
  private async publish(tx: Transaction, judged: readonly Told[], causes: ReadonlyMap<string, ReceivedEvent | undefined>, anew: ReadonlySet<string>): Promise<{ versions: Map<string, number>; changed: ToldRiskChange[] }> {
    const envelope = ({ state, judgement }: Told) => ({ key: state.accountId, time: new Date(judgement.verdict.health.asOf), cause: causes.get(state.accountId) });
    const changes = judged.flatMap((account) => account.judgement.riskChanges.map((data) => ({ type: 'perennial.risk.changed.v1' as const, ...envelope(account), data })));
    const [versions, toldVersions] = await Promise.all([
      this.outbox.publish(tx, healthTopic, judged.map((account) => ({
        type: 'perennial.health.changed.v1' as const, ...envelope(account), data: account.judgement.verdict.health,
        ...(anew.has(account.state.accountId) ? {} : { fingerprint: account.judgement.verdict.fingerprint }),
      }))),
      this.outbox.publish(tx, riskChangesTopic, changes),
    ]);
    return {
      versions: new Map(judged.flatMap(({ state }, i) => (typeof versions[i] === 'number' ? [[state.accountId, versions[i]] as const] : []))),
      changed: changes.flatMap(({ data, cause }, i) => (typeof toldVersions[i] === 'number' ? [{ to: data.to, receivedAt: data.cause === 'signal' ? receiptOf(cause) : null }] : [])),
    };
  }
}

/** The imports that tell of the accounts' contacts, or will once the changes are applied. Of most chunks there is none, and nothing is asked for. */
function importsAmong(states: Iterable<AccountHealthState>, changes: readonly AccountChange[]): Set<string> {
  const ids = new Set<string>();
  for (const { contacts } of states) for (const id of importsOf(contacts.values())) ids.add(id);
  for (const { event } of changes) {
    const { importId } = (event?.data ?? {}) as { importId?: unknown };
    if (typeof importId === 'string') ids.add(importId);
  }
  return ids;
}

/** What the account is to be looked at for once somebody has answered. */
function awaiting({ accountId, contacts }: AccountHealthState, uncounted: ReadonlyMap<string, 'asked' | 'clean_up'>): AwaitingAccount[] {
  if (uncounted.size === 0) return [];
  return [...importsOf(contacts.values())].filter((id) => uncounted.get(id) === 'asked').map((importId) => ({ importId, accountId }));
}

/** The first instant at which one of the accounts must be looked at again; null: none of them by itself. */
function earliest(accounts: readonly Pick<ScoredAccount, 'nextLookAt'>[]): Date | null {
  return accounts.reduce<Date | null>((first, { nextLookAt }) => (nextLookAt !== null && (first === null || nextLookAt < first) ? nextLookAt : first), null);
}

/** When the front door took the signal that the event is about; null for any other event. */
function receiptOf(event: ReceivedEvent | undefined): Date | null {
  const { receivedAt } = (event?.data ?? {}) as { receivedAt?: unknown };
  return typeof receivedAt === 'string' ? new Date(receivedAt) : null;
}

function contactsOf(changes: readonly AccountChange[]): Map<string, Set<string>> {
  const contacts = new Map<string, Set<string>>();
  for (const change of changes) {
    const named = contacts.get(change.accountId) ?? new Set();
    contacts.set(change.accountId, named);
    for (const personId of change.contacts) named.add(personId);
  }
  return contacts;
}
