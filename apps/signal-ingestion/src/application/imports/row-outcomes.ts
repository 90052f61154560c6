import type { ItemFault } from '../../domain/item-fault.js';
import type { FileRow } from '../../files/file-row.js';
import type { MessageResult } from '../../domain/source-tally.js';
import type { RowCounts, RowError } from './import-store.js';

/** What became of the rows of a batch; each is counted once, however many signals it tells. */
export class RowOutcomes {
  /** Accounts that this import touches for the first time. */
  accounts = 0;
  private readonly taken = new Set<FileRow>();
  private readonly seen = new Set<FileRow>();
  private readonly faults = new Map<FileRow, ItemFault>();
  private signals = 0;
  private waiting = 0;

  tell(row: FileRow, result: Exclude<MessageResult, 'suppressed'>): void {
    this.seen.add(row);
    if (result === 'repeated' || result === 'rejected') return;
    this.taken.add(row);
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
    const taken = [...this.taken].filter((row) => !this.faults.has(row)).length;
    return { read: this.seen.size, taken, rejected, repeated: this.seen.size - taken - rejected, signals: this.signals, waiting: this.waiting };
  }

  errors(): RowError[] {
    return [...this.faults].map(([{ row, line }, { code, pointer, detail }]) => ({ row, line, code, column: pointer === '' ? null : clean(pointer), detail: clean(detail) }));
  }
}

/** What stands in a file may hold what the database cannot. */
const clean = (text: string): string => text.slice(0, 1_000).toWellFormed().replaceAll('\0', '\uFFFD');
