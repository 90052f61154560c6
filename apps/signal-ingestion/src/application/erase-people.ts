import { Inject, Injectable } from '@nestjs/common';
import { allTopics, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { deadLetterTopicName } from '@perennial/contracts/topic';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { EVENT_LOG, type Erased, type EventLog, type LogRecord } from '@perennial/messaging/event-log';
import { killPoint } from '@perennial/messaging/kill-point';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { PersonFinder, searchTexts, type Traces } from '../domain/person-finder.js';
import { AccountStore } from './account-store.js';
import { AccountTree } from './account-tree.js';
import { PersonalDataStore, type Erasure } from './personal-data-store.js';
import { PublishAccounts } from './publish-accounts.js';
import { Restatements } from './restatements.js';
import { Suppression } from './suppression.js';
import { SuppressionStore } from './suppression-store.js';

const dayMs = 86_400_000;
/** What is told again from the timeline: names in what others wrote stay there, and here. */
const own = new Set<string>([telemetryTopic.name, signalsTopic.name]);
/** Other services give their states anew once the accounts were told again: so often the log is looked at, at growing distances. */
const mostLooks = 8;
/** Files are looked for this often; an upload that nobody goes on with is given up after days. */
const fileWaitMs = 60_000;
const lookAgainMs = (looks: number): number => 1000 * 4 ** looks;
/** All topics, for others put into words what they learnt of people; with the dead letters of those who read them. */
const cleaned = allTopics.flatMap((topic) => [
  topic.name,
  ...['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'].map((service) => deadLetterTopicName(topic, service)),
]);

/**
 * Forgets a person. First nobody hears of them any more, which is committed before anything is looked for; then
 * what is stored goes, and the accounts concerned are told again without them; then the log, once all that waits was
 * read. Each step is a transaction that can be repeated.
 */
@Injectable()
@RunsDueWork()
export class ErasePeople implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly store: PersonalDataStore,
    private readonly suppression: Suppression,
    private readonly suppressionStore: SuppressionStore,
    private readonly tree: AccountTree,
    private readonly accounts: AccountStore,
    private readonly publishAccounts: PublishAccounts,
    private readonly restatements: Restatements,
    private readonly progress: ConsumerProgress,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /** From now on nobody hears of the person; the rest follows by itself. */
  async request(personId: string, reason: string, by: string, call: IdempotentCall | null): Promise<Erasure> {
    const erasure = await this.database.transaction((tx) => once(tx, call, async (): Promise<Erasure> => {
      const traces = await this.store.traces(tx, personId);
      await this.suppressionStore.add(tx, traces.keys.map((key) => this.suppression.hashOf(key)), this.clock.now());
      const requested: Erasure = {
        id: uuidv7(), state: 'requested', traces, reason, requestedAt: this.clock.now(), requestedBy: by, messages: 0, rejected: 0, accountIds: [], logRecords: null, logLeft: 0, logLooks: 0, nextAt: this.clock.now(), logCleanAt: null, doneAt: null,
      };
      await this.store.request(tx, requested);
      // The answer is kept for repetitions: it names nobody.
      return { ...requested, traces: null };
    }));
    await this.suppression.refresh();
    this.nudge.nudge();
    return erasure;
  }

  nextDueAt(): Promise<Date | null> {
    return this.store.nextDueAt();
  }

  async runDue(now: Date): Promise<void> {
    // Whoever took messages before the person was suppressed is waited for: what they stored is found.
    await this.suppressionStore.waitForAll();
    while (await this.database.transaction((tx) => this.goOn(tx, now)));
  }

  /** One step of one erasure; false: none is left, or what is left has to wait. */
  private async goOn(tx: Transaction, now: Date): Promise<boolean> {
    const erasure = await this.store.claim(tx, now);
    if (!erasure?.traces) return false;
    if (erasure.state === 'requested') {
      await this.store.save(tx, { ...erasure, ...(await this.eraseStored(tx, erasure.traces, now)), state: 'database_done' });
      killPoint('ingestion.erased-stored');
      return true;
    }
    if (await this.store.waitsForFiles(erasure.requestedAt)) {
      await this.store.save(tx, { ...erasure, nextAt: new Date(now.getTime() + fileWaitMs) });
      return true;
    }
    if ((await this.progress.behind(telemetryTopic, tx)).size > 0 || (await this.store.waitsForLog(erasure.traces))) return false;
    const cleanedNow = await this.cleanLog(erasure.traces, erasure.accountIds);
    const logLooks = erasure.logLooks + 1;
    const logRecords = cleanedNow === null ? null : (erasure.logRecords ?? 0) + cleanedNow.erased;
    const logLeft = cleanedNow?.left ?? 0;
    // The first look may come before the others were told: whatever it found, there is a second one.
    const isLast = cleanedNow === null || logLooks >= mostLooks || (logLeft === 0 && logLooks > 1);
    const looked = { ...erasure, logRecords, logLeft, logLooks, nextAt: new Date(now.getTime() + lookAgainMs(logLooks - 1)) };
    const longest = signalsTopic.retentionDays ?? 0;
    await this.store.save(tx, isLast ? { ...looked, state: 'done', traces: null, logCleanAt: cleanedNow === null ? new Date(now.getTime() + longest * dayMs) : null, doneAt: now } : looked);
    killPoint('ingestion.erased-log');
    return true;
  }

  private async eraseStored(tx: Transaction, traces: Traces, now: Date): Promise<Pick<Erasure, 'messages' | 'rejected' | 'accountIds'>> {
    await this.tree.hold(tx);
    const { messages, rejected, accountIds } = await this.store.erase(tx, traces, now);
    const roots = new Set<string>();
    for (const id of accountIds) roots.add((await this.tree.place(tx, id))?.root ?? id);
    const ids = [...roots].sort();
    if (ids.length > 0) {
      await this.restatements.hold(tx, ids);
      const { accounts } = await this.accounts.lock(tx, ids.map((id) => ({ id, earliest: now.getTime(), whole: true })));
      await this.publishAccounts.publish(tx, accounts.map((account) => ({ account, cause: undefined })), now);
      await this.restatements.regroup(tx, ids, 'a person was erased', now);
      tx.afterCommit(() => this.nudge.nudge());
    }
    return { messages, rejected, accountIds: ids };
  }

  /** Null: this log keeps its records until their retention is over. */
  private async cleanLog(traces: Traces, accountIds: readonly string[]): Promise<Erased | null> {
    const names = traces.names.map((name) => JSON.stringify(name).slice(1, -1));
    const texts = [...searchTexts(traces), ...traces.keys, ...names];
    const finder = new PersonFinder(traces);
    const [known, accounts] = [new Set(traces.keys), new Set(accountIds)];
    const isAbout = (topic: string, { key, value }: LogRecord): boolean => {
      if (key !== null && known.has(key)) return true;
      const said = parsed(value);
      // No JSON, e.g. a dead letter: it holds one of the texts.
      if (said === undefined) return true;
      // What others say of the person's accounts in words calls them by name; two people elsewhere may share one.
      return finder.isIn(said) || (!own.has(topic) && key !== null && accounts.has(key) && finder.isNamedIn(said));
    };
    const done = { erased: 0, left: 0 };
    for (const topic of cleaned) {
      const found = await this.log.erase(topic, texts, (record) => isAbout(topic, record));
      if (found === null) return null;
      done.erased += found.erased;
      done.left += found.left;
    }
    return done;
  }
}

/** Undefined: it is no JSON. */
function parsed(value: Buffer | null): unknown {
  try {
    return value === null ? null : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
