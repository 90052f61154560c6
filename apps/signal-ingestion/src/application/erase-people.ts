import { Inject, Injectable } from '@nestjs/common';
import { allTopics, peopleTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { deadLetterTopicName } from '@perennial/contracts/topic';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { EVENT_LOG, type Erased, type EventLog, type LogRecord } from '@perennial/messaging/event-log';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { PersonFinder, erasedOf, searchTexts, wordsOf, type Traces } from '../domain/person-finder.js';
import { AccountStore } from './account-store.js';
import { AccountTree } from './account-tree.js';
import { LogReaders, readingServices } from './log-readers.js';
import { PersonalDataStore, type Erasure } from './personal-data-store.js';
import { PublishAccounts } from './publish-accounts.js';
import { Restatements } from './restatements.js';
import { Suppression } from './suppression.js';
import { SuppressionStore } from './suppression-store.js';

const dayMs = 86_400_000;
/** Other services give their states anew once the accounts were told again: so often the log is looked at, at growing distances. */
const fewestLooks = 3;
const mostLooks = 8;
/** How far others have read is asked this often. */
const readersWaitMs = 2_000;
/** Files are looked for this often; an upload that nobody goes on with is given up after days. */
const fileWaitMs = 60_000;
const lookAgainMs = (looks: number): number => 1000 * 4 ** looks;
/** All topics, for others put into words what they learnt of people; with the dead letters of those who read them. */
const cleaned = allTopics.flatMap((topic) => [
  topic.name,
  ...readingServices.map((service) => deadLetterTopicName(topic, service)),
]);

/**
 * Forgets a person. First nobody hears of them any more, which is committed before anything is looked for; then
 * what is stored goes, and the accounts concerned are told again without them; then, once everybody has read what waits, the
 * log, and others are told whom to take out of their words. Each step is a transaction that can be repeated.
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
    private readonly readers: LogReaders,
    private readonly outbox: Outbox,
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
    if ((await this.progress.behind(telemetryTopic, tx)).size > 0 || (await this.store.waitsForLog(erasure.traces, erasure.accountIds))) return false;
    if (!(await this.readers.havePassed(`${erasure.id} ${erasure.logLooks}`))) {
      await this.store.save(tx, { ...erasure, nextAt: new Date(now.getTime() + readersWaitMs) });
      return true;
    }
    await this.store.save(tx, await this.lookAtLog(tx, erasure, erasure.traces, now));
    killPoint('ingestion.erased-log');
    return true;
  }

  /** Everybody has read what was in the log. What they made of it may stand there since, so there is more than one look; the last one finds that they were told. */
  private async lookAtLog(tx: Transaction, erasure: Erasure, traces: Traces, now: Date): Promise<Erasure> {
    const accountIds = await this.families(tx, erasure.accountIds);
    const cleaned = await this.cleanLog(traces, accountIds, erasure.requestedAt);
    const logLooks = erasure.logLooks + 1;
    const logRecords = cleaned === null ? null : (erasure.logRecords ?? 0) + cleaned.erased;
    const logLeft = cleaned?.left ?? 0;
    const looked = { ...erasure, logRecords, logLeft, logLooks, nextAt: new Date(now.getTime() + lookAgainMs(logLooks - 1)) };
    if (logLooks < fewestLooks || (logLeft > 0 && logLooks < mostLooks)) {
      await this.tellOthers(tx, traces, accountIds, now);
      return looked;
    }
    const longest = signalsTopic.retentionDays ?? 0;
    return { ...looked, state: 'done', traces: null, logCleanAt: cleaned === null ? new Date(now.getTime() + longest * dayMs) : null, doneAt: now };
  }

  private async tellOthers(tx: Transaction, traces: Traces, accountIds: readonly string[], now: Date): Promise<void> {
    await this.outbox.publish(tx, peopleTopic, accountIds.map((accountId) => ({ type: 'perennial.person.erased.v1' as const, key: accountId, data: erasedOf(traces, accountId), time: now })));
  }

  /** The accounts and those that were merged into them: of either something may have been said. */
  private async families(tx: Transaction, roots: readonly string[]): Promise<string[]> {
    const families = new Set(roots);
    for (const root of roots) for (const id of await this.tree.family(tx, root)) families.add(id);
    return [...families].sort();
  }

  private async eraseStored(tx: Transaction, traces: Traces, now: Date): Promise<Pick<Erasure, 'messages' | 'rejected' | 'accountIds'>> {
    await this.tree.hold(tx);
    const { messages, rejected, accountIds } = await this.store.erase(tx, traces, now);
    const roots = new Set<string>();
    for (const id of accountIds) roots.add((await this.tree.place(tx, id))?.root ?? id);
    const ids = [...roots].sort();
    if (ids.length > 0) {
      await this.store.eraseWords(tx, traces, await this.families(tx, ids));
      await this.restatements.hold(tx, ids);
      const { accounts } = await this.accounts.lock(tx, ids.map((id) => ({ id, earliest: now.getTime(), whole: true })));
      await this.publishAccounts.publish(tx, accounts.map((account) => ({ account, cause: undefined })), now);
      await this.restatements.regroup(tx, ids, 'a person was erased', now);
      tx.afterCommit(() => this.nudge.nudge());
    }
    return { messages, rejected, accountIds: ids };
  }

  /** Null: this log keeps its records until their retention is over. */
  private async cleanLog(traces: Traces, accountIds: readonly string[], since: Date): Promise<Erased | null> {
    const finder = new PersonFinder(traces);
    const known = new Set(traces.keys);
    const words = new Map(accountIds.map((accountId) => [accountId, wordsOf(traces, accountId)]));
    const texts = [...new Set([...searchTexts(traces), ...traces.keys, ...[...words.values()].flatMap(({ searched }) => searched)])];
    const isAbout = ({ key, value }: LogRecord): boolean => {
      if (key !== null && known.has(key)) return true;
      const said = parsed(value);
      // No JSON, e.g. a dead letter: it holds one of the texts.
      if (said === undefined) return true;
      // What is said of the person's accounts in words may call them by name; two people elsewhere may share one.
      return finder.isIn(said) || (key !== null && !keepsNames(said, since) && words.get(key)?.areIn(said) === true);
    };
    const done = { erased: 0, left: 0 };
    for (const topic of cleaned) {
      const found = await this.log.erase(topic, texts, isAbout);
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

/** Signals that are told again as they are: one about somebody else, who may have the same name, and one that came after the erasure. */
function keepsNames(said: unknown, since: Date): boolean {
  if (typeof said !== 'object' || said === null || !('kind' in said)) return false;
  return said.kind === 'person' || ('receivedAt' in said && typeof said.receivedAt === 'string' && Date.parse(said.receivedAt) > since.getTime());
}
