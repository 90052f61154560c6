import { createHash, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { killPoint } from '@perennial/messaging/kill-point';
import { Transient } from '@perennial/persistence/errors';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { dueSince, type DueWork, DueWorkNudge, RunsDueWork } from '@perennial/service-kit/due-work';
import type { ItemFault } from '../../domain/item-fault.js';
import { planImport } from '../../domain/imports/import-plan.js';
import { RowReader } from '../../domain/imports/row-meaning.js';
import { BrokenFile } from '../../files/file-bytes.js';
import { shapeOf } from '../../files/read-file.js';
import { MessageStore } from '../message-store.js';
import { SourceFigures } from '../source-figures.js';
import { EndImports } from './end-imports.js';
import { ImportStore, type Import, type ImportOutcome } from './import-store.js';
import { OpenFile } from './open-file.js';
import { SaveAccountRows } from './save-account-rows.js';
import { TakeSignalRows } from './take-signal-rows.js';

/** Rows of one transaction. */
const batchSize = 1_000;
/** Machine time of one call, and for how long an import belongs to whoever works on it. */
const longestMs = 2_000;
const leaseMs = 5_000;
/** More of them is no file with faulty rows, but a wrong mapping. */
const mostErrors = 100_000;
const mostTries = 3;
/** Figures are kept by partition of telemetry; files come in none. */
const noPartition = -1;

/**
 * Reads the files that came, first come first served. Each batch of rows is one transaction that also moves the
 * import on: killed at any line, whoever takes it up reads the file again from its start, passes over the rows
 * whose effect is stored, and goes on.
 */
@Injectable()
@RunsDueWork()
export class RunImports implements DueWork {
  private readonly logger = new Logger(RunImports.name);
  private readonly owner = randomUUID();
  private open: OpenFile | null = null;
  private failing: { readonly id: string; tries: number } | null = null;

  constructor(
    private readonly database: Database,
    private readonly store: ImportStore,
    private readonly messages: MessageStore,
    private readonly takeSignals: TakeSignalRows,
    private readonly saveAccounts: SaveAccountRows,
    private readonly endImports: EndImports,
    private readonly figures: SourceFigures,
    private readonly nudge: DueWorkNudge,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    return dueSince(await this.store.nextDueAt(), this.clock.now());
  }

  async runDue(): Promise<void> {
    const until = performance.now() + longestMs;
    while (performance.now() < until) {
      const one = await this.store.claim(this.owner, leaseMs);
      if (one === null) return;
      // A large file takes longer to look through, or to pass over, than the lease holds.
      const renewal = setInterval(() => void this.store.renew(one.id, this.owner, leaseMs).catch(() => undefined), leaseMs / 3);
      try {
        await this.workOn(one, until);
        this.failing = null;
      } catch (error) {
        await this.forgetFile();
        await this.giveUp(one, error);
      } finally {
        clearInterval(renewal);
      }
    }
  }

  private async workOn(one: Import, until: number): Promise<void> {
    if (one.state === 'waiting') return this.prepare(one);
    // Somebody else went on with it meanwhile, or it ended.
    if (this.open && (this.open.id !== one.id || one.state === 'ending' || !this.open.isAt(one.atRow))) await this.forgetFile();
    if (one.state === 'ending') return this.endImports.release(one.id, this.owner, leaseMs);
    await this.messages.prepare();
    for (let isMore = true; isMore && performance.now() < until; ) isMore = await this.readSome(one);
  }

  /** Finds out how the file is written and what its columns are. */
  private async prepare(one: Import): Promise<void> {
    const found = await this.lookInto(one);
    await this.database.transaction(async (tx) => {
      if ((await this.store.hold(tx, one.id, this.owner, leaseMs, 'waiting')) === null) return;
      if ('code' in found) await this.store.end(tx, one.id, 'failed', found);
      else await this.store.begin(tx, one.id, found);
    });
  }

  private async lookInto(one: Import): Promise<Parameters<ImportStore['begin']>[2] | ItemFault> {
    const sha256 = createHash('sha256');
    for await (const part of this.store.parts(one.id)) sha256.update(part);
    const digest = sha256.digest('hex');
    if (one.sha256 !== null && one.sha256 !== digest) return { code: 'upload_damaged', pointer: '', detail: 'what arrived is not the file that was announced: send it again' };
    try {
      const shape = await shapeOf(() => this.store.parts(one.id), one.options, false);
      if ('code' in shape) return shape;
      if (one.options.as === 'signals' && shape.format.kind === 'csv') return { code: 'unknown_format', pointer: '', detail: 'signals come as NDJSON, one object a line: import CSV as one kind' };
      const plan = planImport(one.options, shape.columns);
      if ('code' in plan) return plan;
      return new RowReader(plan).constantsFault() ?? { shape, plan, sha256: digest };
    } catch (error) {
      if (error instanceof BrokenFile) return broken(error, 0);
      throw error;
    }
  }

  /** One batch of rows; false when there is nothing more to read. */
  private async readSome(one: Import): Promise<boolean> {
    const began = performance.now();
    const file = this.fileOf(one);
    const from = file.atRow;
    let batch;
    try {
      batch = await file.next(batchSize);
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error;
      await this.database.transaction((tx) => this.endHeld(tx, one, 'failed', broken(error, file.atRow)));
      return false;
    }
    const { rows, atRow, atByte, isEnd } = batch;
    const isOurs = await this.database.transaction(async (tx) => {
      const held = await this.store.hold(tx, one.id, this.owner, leaseMs, 'running');
      if (held === null || Math.max(held.atRow, file.firstRow) !== from) return false;
      const taker = one.options.as === 'accounts' ? this.saveAccounts : this.takeSignals;
      const outcomes = await taker.take(tx, held, file.reader, rows);
      const counts = outcomes.counts();
      await this.store.advance(tx, one.id, { atRow, atByte, counts, accounts: outcomes.accounts, changedContacts: outcomes.changedContacts, workedMs: Math.round(performance.now() - began), errors: outcomes.errors() });
      if (!held.dryRun) {
        const toLookAt = await this.figures.add(tx, noPartition, outcomes.tally(held.createdAt.getTime()));
        if (toLookAt) tx.afterCommit(() => this.nudge.nudge());
      }
      killPoint('import.before-commit');
      if (held.counts.rejected + counts.rejected > mostErrors) await this.store.end(tx, one.id, 'failed', tooManyErrors);
      else if (isEnd) await this.store.end(tx, one.id, 'done', null);
      return true;
    });
    if (!isOurs || isEnd) await this.forgetFile();
    return isOurs && !isEnd;
  }

  private fileOf(one: Import): OpenFile {
    if (this.open !== null) return this.open;
    return (this.open = new OpenFile(this.store, one, one.atRow));
  }

  private async forgetFile(): Promise<void> {
    const { open } = this;
    this.open = null;
    await open?.close();
  }

  private async endHeld(tx: Transaction, { id }: Import, outcome: ImportOutcome, fault: ItemFault): Promise<void> {
    if ((await this.store.hold(tx, id, this.owner, leaseMs, 'running')) !== null) await this.store.end(tx, id, outcome, fault);
  }

  /** What fails again and again must not keep the accounts from their verdicts for ever. */
  private async giveUp(one: Import, error: unknown): Promise<void> {
    if (error instanceof Transient || one.state === 'ending') throw error;
    if (this.failing?.id !== one.id) this.failing = { id: one.id, tries: 0 };
    if (++this.failing.tries < mostTries) throw error;
    this.logger.error({ msg: 'an import cannot go on', import_id: one.id, at_row: one.atRow, err: error });
    await this.database.transaction((tx) => this.store.end(tx, one.id, 'failed', { code: 'internal_error', pointer: '', detail: `stopped behind row ${one.atRow} by an error of ours, which the log tells` }));
  }
}

function broken({ message }: BrokenFile, atRow: number): ItemFault {
  return { code: 'broken_file', pointer: '', detail: `the file ${message}${atRow > 0 ? ` (it broke behind row ${atRow})` : ''}` };
}

const tooManyErrors: ItemFault = { code: 'too_many_errors', pointer: '', detail: `more than ${mostErrors} rows are faulty: mend the mapping or the file` };
