import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../../config.js';
import { accountRow } from '../../domain/imports/account-row.js';
import { planImport, type ImportOptions, type ImportPlan } from '../../domain/imports/import-plan.js';
import { RowReader } from '../../domain/imports/row-meaning.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { structureFault } from '../../domain/structure.js';
import { isEmptyRow, type FileRow } from '../../files/file-row.js';
import { rowsOf, shapeOf, type FileShape } from '../../files/read-file.js';

/** Rows shown. */
const sampleRows = 5;

export interface Preview {
  readonly shape: FileShape;
  readonly plan: ImportPlan;
  readonly rows: readonly PreviewRow[];
}

export interface PreviewRow {
  readonly row: number;
  /** What the row would tell; null where it is faulty. */
  readonly says: readonly object[] | null;
  readonly fault: ItemFault | null;
}

/** What would become of a file, from its first bytes; nothing is stored. */
@Injectable()
export class PreviewImport {
  constructor(@Inject(CONFIG) private readonly config: SignalIngestionConfig) {}

  /** `beginning`: the first bytes of the file, cut anywhere. A fault: it cannot be imported like this. */
  async preview(options: ImportOptions, beginning: Buffer): Promise<Preview | ItemFault> {
    const open = async function* () {
      yield beginning;
    };
    const shape = await shapeOf(open, options, true);
    if ('code' in shape) return shape;
    const plan = planImport(options, shape.columns);
    if ('code' in plan) return plan;
    const reader = new RowReader(plan);
    const fault = reader.constantsFault();
    if (fault) return fault;
    const rows: PreviewRow[] = [];
    for await (const block of rowsOf(open(), shape.format, { flat: options.as !== 'signals', cut: true })) {
      for (const row of block) if (rows.length < sampleRows && row.row > shape.headerRow && !isEmptyRow(row)) rows.push(this.rowOf(options, reader, row));
      if (rows.length === sampleRows) break;
    }
    return { shape, plan, rows };
  }

  private rowOf({ as }: ImportOptions, reader: RowReader, row: FileRow): PreviewRow {
    const says = row.problem === null ? this.sayings(as, reader, row) : { code: 'unreadable_row', pointer: '', detail: row.problem };
    return 'code' in says ? { row: row.row, says: null, fault: says } : { row: row.row, says, fault: null };
  }

  private sayings(as: string, reader: RowReader, { cells }: FileRow): object[] | ItemFault {
    if (as === 'signals') return structureFault(cells) ?? [cells];
    const values = reader.values(cells);
    if ('code' in values) return values;
    if (as !== 'accounts') return reader.signals(values, this.config.rules.currency);
    const account = accountRow(reader, values);
    return 'code' in account ? account : [account];
  }
}
