import { Inject, Injectable } from '@nestjs/common';
import { telemetryTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { EVENT_LOG, type EventLog, type LogRecord } from '@perennial/messaging/event-log';
import { killPoint } from '@perennial/messaging/kill-point';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import { v7 as uuidv7 } from 'uuid';
import type { SignalIngestionConfig } from '../config.js';
import { compileMapping, type CompiledMapping } from '../domain/mapping/compile-mapping.js';
import { AccountTree } from './account-tree.js';
import { callsOfSource } from './calls-of-source.js';
import { MappingRestatements, type MappingRestatement } from './mapping-restatements.js';
import { MappingStore, type MappingRevision } from './mapping-store.js';
import { Restatements } from './restatements.js';
import { RetellMessages } from './retell-messages.js';

const pageSize = 500;
const accountsAtOnce = 200;
/** Machine time of one call. */
const longestMs = 2_000;
const lookAgainMs = 1_000;
const dayMs = 86_400_000;

/**
 * Reads the telemetry of a source that is still in the log anew by a revision of its mapping, changes what was told,
 * and tells the accounts again. It begins once every replica has the revision, and follows the consumer: what is read
 * after its last offset was read by the revision in the first place. Each page is one transaction that moves the marks.
 * Two of one source never read at once: the older one ends where it is, and the newer one begins after that.
 */
@Injectable()
@RunsDueWork()
export class RestateByMapping implements DueWork {
  /** The revision read by last, ready to be applied: page after page is read by one. Revisions never change. */
  private lastRead: { readonly sourceId: string; readonly revision: number; readonly mapping: CompiledMapping } | null = null;

  constructor(
    private readonly database: Database,
    private readonly store: MappingRestatements,
    private readonly mappings: MappingStore,
    private readonly messages: RetellMessages,
    private readonly restatements: Restatements,
    private readonly tree: AccountTree,
    private readonly progress: ConsumerProgress,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  /** Asks for it in the transaction that publishes the revision. */
  async ask(tx: Transaction, { sourceId, revision }: MappingRevision, days: number): Promise<MappingRestatement> {
    const now = this.clock.now();
    const asked: MappingRestatement = {
      id: uuidv7(), sourceId, revision, since: new Date(now.getTime() - days * dayMs), state: 'waiting', marks: [], messages: 0, changed: 0, kept: 0, accounts: 0,
      nextAt: new Date(now.getTime() + 3 * this.config.writeKeyPollMs), createdAt: now, doneAt: null,
    };
    await this.store.add(tx, asked);
    tx.afterCommit(() => this.nudge.nudge(asked.nextAt));
    return asked;
  }

  nextDueAt(): Promise<Date | null> {
    return this.store.nextDueAt();
  }

  async runDue(now: Date): Promise<void> {
    const until = performance.now() + longestMs;
    while (performance.now() < until && (await this.database.transaction((tx) => this.goOn(tx, now))));
  }

  /** One step of one of them; false: none is due that no other replica works on. */
  private async goOn(tx: Transaction, now: Date): Promise<boolean> {
    const one = await this.store.claim(tx, now);
    if (one === null) return false;
    const next = one.state === 'waiting' ? await this.begin(tx, one, now) : one.state === 'reading' ? await this.readSome(tx, one, now) : await this.tellSome(tx, one, now);
    killPoint('ingestion.restating-by-mapping');
    await this.store.save(tx, next);
    return true;
  }

  private async begin(tx: Transaction, one: MappingRestatement, now: Date): Promise<MappingRestatement> {
    const inForce = await this.mappings.current(one.sourceId);
    if (inForce?.revision !== one.revision) return { ...one, state: 'superseded', doneAt: now };
    // Or what the older one reads last would stand.
    if (await this.store.waitsForOlder(tx, one)) return { ...one, nextAt: new Date(now.getTime() + lookAgainMs) };
    const marks = (await this.log.watermarks(telemetryTopic.name)).map(({ partition, low, high }) => ({ partition, next: low, upTo: high }));
    return { ...one, state: 'reading', marks };
  }

  private async readSome(tx: Transaction, one: MappingRestatement, now: Date): Promise<MappingRestatement> {
    const open = one.marks.filter(({ next, upTo }) => next < upTo);
    if (open.length === 0 || (await this.store.hasNewer(tx, one))) return { ...one, state: 'telling' };
    const [applied, lows] = await Promise.all([this.progress.applied(telemetryTopic, tx), this.log.watermarks(telemetryTopic.name)]);
    const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
    const ready = open.map((mark) => ({ ...mark, bound: least(mark.upTo, applied.get(mark.partition) ?? 0n) })).find(({ next, bound }) => next < bound);
    if (!ready) return { ...one, nextAt: new Date(now.getTime() + lookAgainMs) };
    const { partition, bound } = ready;
    const low = lows.find((mark) => mark.partition === partition)?.low ?? 0n;
    const from = low > ready.next ? low : ready.next;
    const records = from < bound ? (await this.log.read(telemetryTopic.name, partition, from, pageSize)).filter(({ offset }) => offset < bound) : [];
    const { messages, changed, kept } = await this.reread(tx, one, records);
    const next = records.length === 0 ? bound : records.at(-1)!.offset + 1n;
    return { ...one, messages: one.messages + messages, changed: one.changed + changed, kept: one.kept + kept, marks: one.marks.map((mark) => (mark.partition === partition ? { ...mark, next } : mark)) };
  }

  private async reread(tx: Transaction, { id, sourceId, revision, since }: MappingRestatement, records: readonly LogRecord[]) {
    const mapping = await this.mappingOf(sourceId, revision);
    const told = callsOfSource(records, sourceId, since.getTime());
    const { accountIds, changed, kept } = await this.messages.retell(tx, told, mapping);
    await this.store.touch(tx, id, accountIds);
    return { messages: told.length, changed, kept };
  }

  private async mappingOf(sourceId: string, revision: number): Promise<CompiledMapping> {
    if (this.lastRead?.sourceId !== sourceId || this.lastRead.revision !== revision) {
      const published = await this.mappings.find(sourceId, revision);
      if (!published) throw new Error('a revision that is restated was never published');
      this.lastRead = { sourceId, revision, mapping: compileMapping(published) };
    }
    return this.lastRead.mapping;
  }

  /** Once each, when all is read or a newer one goes on from here. */
  private async tellSome(tx: Transaction, one: MappingRestatement, now: Date): Promise<MappingRestatement> {
    const accountIds = await this.store.takeTouched(tx, one.id, accountsAtOnce);
    if (accountIds.length === 0) return { ...one, state: one.marks.every(({ next, upTo }) => next >= upTo) ? 'done' : 'superseded', doneAt: now };
    const ids = await this.tree.roots(tx, accountIds);
    await this.restatements.hold(tx, ids);
    await this.restatements.beginAnew(tx, ids, `revision ${one.revision} of a source's mapping was published`, now);
    tx.afterCommit(() => this.nudge.nudge());
    return { ...one, accounts: one.accounts + ids.length };
  }
}
