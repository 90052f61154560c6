import type { ItemFault } from '../../domain/item-fault.js';
import type { FileRow } from '../../files/file-row.js';
import { importedFiles, SourceTally, type MessageResult, type TalliedMessage } from '../../domain/source-tally.js';
import type { RowCounts, RowError } from './import-store.js';

/** What became of the rows of a batch; each is counted once, however many signals it tells. */
export class RowOutcomes {
  /** Accounts that this import touches for the first time. */
  accounts = 0;
  /** Contacts of which the batch told something that may mean that they have gone. */
  changedContacts = 0;
  /** With the newest time of what they tell. */
  private readonly taken = new Map<FileRow, TalliedMessage['time']>();
  private readonly seen = new Set<FileRow>();
  private readonly faults = new Map<FileRow, ItemFault>();
  private signals = 0;
  private waiting = 0;

  tell(row: FileRow, result: Exclude<MessageResult, 'suppressed'>, time: TalliedMessage['time'] = null): void {
    this.seen.add(row);
    if (result === 'repeated' || result === 'rejected') return;
    const known = this.taken.get(row) ?? null;
    this.taken.set(row, known !== null && (time === null || known.occurredAt >= time.occurredAt) ? known : time);
    if (result !== 'no_signal') this.signals++;
    if (result === 'waiting') this.waiting++;
  }

  /** The first fault of a row is the one that is told. */
  refuse(row: FileRow, fault: ItemFault): void {
    this.seen.add(row);
    if (!this.faults.has(row)) this.faults.set(row, fault);
  }

  counts(): RowCounts {
    const rejected = this.faults.size;
    const taken = [...this.taken.keys()].filter((row) => !this.faults.has(row)).length;
    return { read: this.seen.size, taken, rejected, repeated: this.seen.size - taken - rejected, signals: this.signals, waiting: this.waiting };
  }

  /** The rows as figures of what came, received at `receivedAt` (ms). */
  tally(receivedAt: number): SourceTally {
    const tally = new SourceTally();
    for (const row of this.seen) {
      const time = this.taken.get(row);
      const result = this.faults.has(row) ? 'rejected' : time === undefined ? 'repeated' : 'published';
      tally.add({ sourceId: importedFiles, receivedAt, result, time: time ?? null, sentAt: null }, importedFiles);
    }
    return tally;
  }

  errors(): RowError[] {
    return [...this.faults].map(([{ row, line }, { code, pointer, detail }]) => ({ row, line, code, column: pointer === '' ? null : clean(pointer), detail: clean(detail) }));
  }
}

/** What stands in a file may hold what the database cannot. */
const clean = (text: string): string => text.slice(0, 1_000).toWellFormed().replaceAll('\0', '\uFFFD');
