import { Injectable } from '@nestjs/common';
import { peopleTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { erasedOf, type Traces } from '../domain/person-finder.js';
import { AccountTree } from './account-tree.js';
import { EraseFromLog } from './erase-from-log.js';
import { Erasures, type Erasure } from './erasures.js';
import { LogReaders } from './log-readers.js';
import { PersonalDataStore } from './personal-data-store.js';
import { RegroupAccounts } from './regroup-accounts.js';
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

/** An erasure whose database part is done, for this process alone until its lease is over. */
interface Look {
  readonly erasure: Erasure;
  readonly lease: string;
  readonly traces: Traces;
  /** The accounts and those that were merged into them: of either something may have been said. */
  readonly accountIds: readonly string[];
}

/**
 * Forgets a person. First nobody hears of them any more, which is committed before anything is looked for; then
 * what is stored goes, and the accounts concerned are told again without them; then, once everybody has read what waits, the
 * log, and others are told whom to take out of their words. Each step can be repeated. No transaction is open while the log
 * is asked or emptied: a lease keeps others off, and whoever lost it changes nothing.
 */
@Injectable()
@RunsDueWork()
export class ErasePeople implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly erasures: Erasures,
    private readonly store: PersonalDataStore,
    private readonly suppression: Suppression,
    private readonly suppressionStore: SuppressionStore,
    private readonly tree: AccountTree,
    private readonly regroup: RegroupAccounts,
    private readonly progress: ConsumerProgress,
    private readonly readers: LogReaders,
    private readonly fromLog: EraseFromLog,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  /** From now on nobody hears of the person; the rest follows by itself. */
  async request(personId: string, reason: string, by: string, call: IdempotentCall | null): Promise<Erasure> {
    const erasure = await this.database.transaction((tx) => once(tx, call, async (): Promise<Erasure> => {
      const traces = await this.store.traces(tx, personId);
      await this.suppressionStore.add(tx, traces.keys.map((key) => this.suppression.hashOf(key)), this.clock.now());
      const requested: Erasure = {
        id: uuidv7(), state: 'requested', traces, reason, requestedAt: this.clock.now(), requestedBy: by, known: await this.store.isKnown(tx, traces), messages: 0, rejected: 0, accountIds: [], logRecords: null, logLeft: 0, logLooks: 0, waitsFor: [], nextAt: this.clock.now(), logCleanAt: null, doneAt: null,
      };
      await this.erasures.request(tx, requested);
      // The answer is kept for repetitions: it names nobody.
      return { ...requested, traces: null };
    }));
    await this.suppression.refresh();
    this.nudge.nudge();
    return erasure;
  }

  nextDueAt(): Promise<Date | null> {
    return this.erasures.nextDueAt();
  }

  async runDue(now: Date): Promise<void> {
    // Whoever took messages before the person was suppressed is waited for: what they stored is found.
    await this.suppressionStore.waitForAll();
    while (await this.goOn(now));
  }

  /** One step of one erasure; false: none is left, or what is left has to wait. */
  private async goOn(now: Date): Promise<boolean> {
    const one = await this.database.transaction((tx) => this.takeOne(tx, now));
    if (one === null) return false;
    if (one !== 'stored') await this.look(one, now);
    return true;
  }

  /** What is stored goes in the transaction that takes it; the log is looked at afterwards. */
  private async takeOne(tx: Transaction, now: Date): Promise<Look | 'stored' | null> {
    const claimed = await this.erasures.claim(tx, now);
    if (!claimed?.erasure.traces) return null;
    const { erasure, lease } = claimed;
    const { traces } = claimed.erasure;
    if (erasure.state === 'requested') {
      await this.erasures.save(tx, { ...erasure, ...(await this.eraseStored(tx, traces, now)), state: 'database_done' }, lease);
      killPoint('ingestion.erased-stored');
      return 'stored';
    }
    return { erasure, lease, traces, accountIds: await this.families(tx, erasure.accountIds) };
  }

  private async look(look: Look, now: Date): Promise<void> {
    const { lease, traces, accountIds } = look;
    try {
      const { next, tells } = await this.lookAtLog(look, now);
      await this.database.transaction(async (tx) => {
        if ((await this.erasures.save(tx, next, lease)) && tells) await this.tellOthers(tx, traces, accountIds, now);
      });
    } finally {
      await this.erasures.release(lease);
    }
  }

  /** Everybody has read what was in the log. What they made of it may stand there since, so there is more than one look; the last one finds that they were told. */
  private async lookAtLog({ erasure, lease, traces, accountIds }: Look, now: Date): Promise<{ next: Erasure; tells: boolean }> {
    // Others go on while one waits.
    const wait = (ms: number, waitsFor: readonly string[]) => ({ next: { ...erasure, waitsFor, nextAt: new Date(now.getTime() + ms) }, tells: false });
    if (await this.erasures.waitsForFiles(erasure.requestedAt)) return wait(fileWaitMs, erasure.waitsFor);
    if ((await this.progress.behind(telemetryTopic)).size > 0 || (await this.erasures.waitsForLog(traces, erasure.accountIds))) return wait(readersWaitMs, []);
    const waitsFor = await this.readers.behind(`${erasure.id} ${erasure.logLooks}`);
    if (waitsFor.length > 0) return wait(readersWaitMs, waitsFor);

    const found = await this.fromLog.erase(traces, accountIds, erasure.requestedAt, () => this.erasures.renew(lease));
    killPoint('ingestion.erased-log');
    const logLooks = erasure.logLooks + 1;
    const logRecords = found === null ? null : (erasure.logRecords ?? 0) + found.erased;
    const logLeft = found?.left ?? 0;
    const looked = { ...erasure, logRecords, logLeft, logLooks, waitsFor: [], nextAt: new Date(now.getTime() + lookAgainMs(logLooks - 1)) };
    if (logLooks < fewestLooks || (logLeft > 0 && logLooks < mostLooks)) return { next: looked, tells: true };
    const longest = signalsTopic.retentionDays ?? 0;
    return { next: { ...looked, state: 'done', traces: null, logCleanAt: found === null ? new Date(now.getTime() + longest * dayMs) : null, doneAt: now }, tells: false };
  }

  private async tellOthers(tx: Transaction, traces: Traces, accountIds: readonly string[], now: Date): Promise<void> {
    await this.outbox.publish(tx, peopleTopic, accountIds.map((accountId) => ({ type: 'perennial.person.erased.v1' as const, key: accountId, data: erasedOf(traces, accountId), time: now })));
  }

  private async families(tx: Transaction, roots: readonly string[]): Promise<string[]> {
    const families = new Set(roots);
    for (const root of roots) for (const id of await this.tree.family(tx, root)) families.add(id);
    return [...families].sort();
  }

  private async eraseStored(tx: Transaction, traces: Traces, now: Date): Promise<Pick<Erasure, 'messages' | 'rejected' | 'accountIds'>> {
    await this.tree.hold(tx);
    const { messages, rejected, accountIds } = await this.store.erase(tx, traces, now);
    const ids = await this.tree.roots(tx, accountIds);
    if (ids.length > 0) {
      const families = await this.families(tx, ids);
      await this.regroup.hold(tx, ids, families);
      await this.store.eraseWords(tx, traces, families, now);
      await this.regroup.tell(tx, ids, 'a person was erased');
    }
    return { messages, rejected, accountIds: ids };
  }
}
