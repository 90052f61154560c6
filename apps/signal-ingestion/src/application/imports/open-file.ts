import type { ItemFault } from '../../domain/item-fault.js';
import { RowReader } from '../../domain/imports/row-meaning.js';
import { isEmptyRow, type FileRow } from '../../files/file-row.js';
import { rowsOf } from '../../files/read-file.js';
import type { Import, ImportStore } from './import-store.js';

export interface RowBatch {
  readonly rows: readonly FileRow[];
  /** The last row of the batch, blank ones counted; what was before it is done with. */
  readonly atRow: number;
  readonly atByte: number;
  readonly isEnd: boolean;
}

/** The file of one import while its rows are read: at the row that is next. */
export class OpenFile {
  readonly reader: RowReader;
  readonly id: string;
  atRow: number;
  /** The row before the first that is read. */
  readonly firstRow: number;
  private readonly blocks: AsyncGenerator<FileRow[]>;
  private pending: FileRow[] = [];
  private bytes = 0;
  private ended = false;

  constructor(
    store: ImportStore,
    one: Import,
    atRow: number,
  ) {
    if (one.shape === null || one.plan === null) throw new Error('an import is read before its plan is known');
    this.id = one.id;
    this.reader = new RowReader(one.plan);
    this.firstRow = one.shape.headerRow;
    this.atRow = Math.max(atRow, this.firstRow);
    const flat = one.options.as !== 'signals';
    this.blocks = rowsOf(store.parts(one.id, (bytes) => (this.bytes += bytes)), one.shape.format, { flat, cut: false });
  }

  /** The next rows, at most `size`; rows up to `atRow` were read before. Throws `BrokenFile`. */
  async next(size: number): Promise<RowBatch> {
    const rows: FileRow[] = [];
    let { atRow } = this;
    while (rows.length < size) {
      const row = this.pending.shift();
      if (row) {
        if (row.row <= atRow) continue;
        atRow = row.row;
        if (!isEmptyRow(row)) rows.push(row);
      } else if (this.ended) break;
      else await this.readBlock();
    }
    this.atRow = atRow;
    return { rows, atRow, atByte: this.bytes, isEnd: this.ended && this.pending.length === 0 };
  }

  /** True when the row that the import is stored at is the one that this stands at. */
  isAt(stored: number): boolean {
    return Math.max(stored, this.firstRow) === this.atRow;
  }

  async close(): Promise<void> {
    await this.blocks.return(undefined);
  }

  private async readBlock(): Promise<void> {
    const block = await this.blocks.next();
    if (block.done) this.ended = true;
    else this.pending = block.value;
  }
}

/** What a row that cannot be read is refused with. */
export const unreadable = (problem: string): ItemFault => ({ code: 'unreadable_row', pointer: '', detail: problem });
