import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import type { BatchHandler, PartitionMemory, ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { messagingMigrations } from '@perennial/messaging/messaging-migrations';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { Outbox, type EventDraft } from '@perennial/messaging/outbox';
import type { Statement, Transaction } from '@perennial/persistence/transaction';
import { TestClock } from '@perennial/service-kit/clock';
import { testDatabase } from '@perennial/testing/postgres';
import { AskAboutImports } from '../src/application/ask-about-imports.js';
import { Backfills } from '../src/application/backfills.js';
import { ChangeScorecards } from '../src/application/change-scorecards.js';
import { CompareUsage } from '../src/application/compare-usage.js';
import { FoldNotes } from '../src/application/fold-notes.js';
import { JudgeAccounts } from '../src/application/judge-accounts.js';
import { NoteCustomerDays } from '../src/application/note-customer-days.js';
import { KeyFeatures } from '../src/application/key-features.js';
import { RestateDays } from '../src/application/restate-days.js';
import { RescoreAccounts } from '../src/application/rescore-accounts.js';
import { ScorecardRevisions } from '../src/application/scorecard-revisions.js';
import { ScoringPolicy } from '../src/application/scoring-policy.js';
import { ShipScorecards } from '../src/application/ship-scorecards.js';
import { CountUnusedSignals } from '../src/application/unused-signals.js';
import { SignalTime } from '../src/application/signal-time.js';
import { SourceSightings } from '../src/application/source-sightings.js';
import { parseHealthScoringConfig } from '../src/config.js';
import { ApplyAccountsHandler } from '../src/messaging/apply-accounts.handler.js';
import { ApplyPlansHandler } from '../src/messaging/apply-plans.handler.js';
import { ApplyRenewalsHandler } from '../src/messaging/apply-renewals.handler.js';
import { ApplySignalsHandler } from '../src/messaging/apply-signals.handler.js';
import { PostgresAccountHealthStore } from '../src/persistence/postgres-account-health-store.js';
import { PostgresKeyFeatureStore } from '../src/persistence/postgres-key-feature-store.js';
import { KnownPlans } from '../src/persistence/known-plans.js';
import { PostgresImportQuestionStore } from '../src/persistence/postgres-import-question-store.js';
import { PostgresDayStore } from '../src/persistence/postgres-day-store.js';
import { PostgresJudgementRecord } from '../src/persistence/postgres-judgement-record.js';
import { PostgresNoteSentimentStore } from '../src/persistence/postgres-note-sentiment-store.js';
import { PostgresOutcomeStore } from '../src/persistence/postgres-outcome-store.js';
import { PostgresRestatedDayStore } from '../src/persistence/postgres-restated-day-store.js';
import { PostgresScorecardStore } from '../src/persistence/postgres-scorecard-store.js';
import { PostgresUnusedSignalStore } from '../src/persistence/postgres-unused-signal-store.js';
import { PostgresUsagePeerStore } from '../src/persistence/postgres-usage-peer-store.js';
import { PostgresSourceStore } from '../src/persistence/postgres-source-store.js';
import { healthScoring } from '../src/service.js';

/** Keeps what was published, once the transaction is through. */
class KeepingOutbox extends Outbox {
  readonly published: { readonly topic: string; readonly key: string }[] = [];

  override async publish<T extends AnyTopic>(tx: Transaction, topic: T, drafts: readonly EventDraft<T>[]): Promise<(number | null)[]> {
    if (drafts.length === 0) return [];
    // Two statements, as the real one.
    await tx.query({ name: 'outbox-look', text: 'SELECT 1' });
    await tx.query({ name: 'outbox-write', text: 'SELECT 2' });
    const keys = (drafts as readonly { key: string }[]).map(({ key }) => ({ topic: topic.stream, key }));
    tx.afterCommit(() => this.published.push(...keys));
    return drafts.map((_, place) => place + 1);
  }
}

/** The parts of the service on a database of their own, without consumers and HTTP; one partition, never behind. */
export async function scoringBench() {
  const { database, dispose } = await testDatabase({ migrations: [...messagingMigrations, ...healthScoring.migrations] });
  const clock = new TestClock(new Date('2026-03-02T09:00:00Z'));
  const progress = Object.assign(Object.create(ConsumerProgress.prototype) as ConsumerProgress, { partitionCount: () => 1, assigned: () => [0], standing: () => Promise.resolve({ behind: new Set<number>(), rebuilding: false }), rebuilding: () => Promise.resolve(false) });
  const sightings = new SourceSightings(new PostgresSourceStore(), { nudge: () => undefined });
  const signalTime = new SignalTime(progress, sightings, clock);
  const store = new PostgresAccountHealthStore(signalTime);
  const backfills = new Backfills();
  const outcomes = new PostgresOutcomeStore();
  const outbox = new KeepingOutbox();
  const scorecards = new PostgresScorecardStore(database);
  const shipped = new ShipScorecards(database, scorecards, new ChangeScorecards(scorecards, clock));
  const config = parseHealthScoringConfig({ KEY_FEATURES: 'reports' }).config;
  const features = new KeyFeatures(config, database, new PostgresKeyFeatureStore(), clock);
  const plans = new KnownPlans(database);
  const policy = new ScoringPolicy(config, database, scorecards, shipped, { nudge: () => undefined }, new CompareUsage(database, new PostgresUsagePeerStore(), clock), new PostgresDayStore(database, plans), features);
  await policy.onModuleInit();
  const questions = new PostgresImportQuestionStore(database);
  const rescore = new RescoreAccounts(store, scorecards, questions, policy, backfills, outbox, clock, { nudge: () => undefined });

  /** Runs one transaction; `watch` sees each statement before it runs, and may break it. */
  const run = <T>(work: (tx: Transaction) => Promise<T>, watch: (statement: Statement) => void = () => undefined): Promise<T> =>
    database.transaction((tx) =>
      work({
        afterCommit: (effect) => tx.afterCommit(effect),
        query: (statement) => {
          watch(typeof statement === 'string' ? { text: statement } : statement);
          return tx.query(statement);
        },
      }),
    );
  const handle = <T extends AnyTopic>(topic: T, handler: BatchHandler<T>, events: readonly ReceivedEvent<T>[], memory: PartitionMemory = new Memory(), watch?: (statement: Statement) => void) =>
    run(async (tx) => void (await handler.handle({ topic, partition: 0, events, memory, caughtUp: true, rebuilding: false }, tx)), watch);

  return {
    database, clock, outbox, outcomes, run, handle,
    dispose: async () => {
      policy.onModuleDestroy();
      await dispose();
    },
    signals: new ApplySignalsHandler(rescore, sightings, signalTime, backfills, policy, new FoldNotes(new PostgresNoteSentimentStore(database)), new CountUnusedSignals(new PostgresUnusedSignalStore(database)), new NoteCustomerDays(outcomes),
      new RestateDays(new PostgresRestatedDayStore(plans), questions, policy, new ScorecardRevisions(database, scorecards), clock), new AskAboutImports(config, questions, outbox, clock)),
    accounts: new ApplyAccountsHandler(rescore, store, signalTime),
    renewals: new ApplyRenewalsHandler(rescore, signalTime, outcomes),
    plans: new ApplyPlansHandler(rescore, signalTime),
    judge: new JudgeAccounts(store, rescore, signalTime, new PostgresJudgementRecord(), clock),
  };
}

/** What the consumer keeps for a partition; it is not thrown away by itself here. */
export class Memory implements PartitionMemory {
  private readonly slots = new Map<symbol, unknown>();

  keep<V>(slot: symbol, make: () => V): V {
    if (!this.slots.has(slot)) this.slots.set(slot, make());
    return this.slots.get(slot) as V;
  }
}

/** An event as the consumer hands it over. */
export function received<T extends AnyTopic>(topic: T, event: EventOf<T> & { readonly key: string }): ReceivedEvent<T> {
  const { version } = event.data as { version: number };
  const envelope = { id: `${topic.stream}/${event.key}/${version}`, source: '/test', time: '2026-03-02T09:00:00.000Z', subject: event.key, causationId: null, causationDepth: 0, traceparent: null };
  return { ...event, envelope, version, partition: 0, offset: BigInt(version), receivedAt: new Date(envelope.time) };
}
