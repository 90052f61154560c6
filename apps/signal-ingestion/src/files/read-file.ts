import { isAscii } from 'node:buffer';
import type { ItemFault } from '../domain/item-fault.js';
import { structureFault } from '../domain/structure.js';
import { csvRows } from './csv-rows.js';
import { inUtf8, unpacked } from './file-bytes.js';
import { detectFormat, type FileFormat, type GivenFormat } from './file-format.js';
import { isEmptyRow, type FileRow } from './file-row.js';
import { ndjsonRows } from './ndjson-rows.js';

const sampleBytes = 64 * 1024;
/** NDJSON has no header: these lines say which names there are. */
const linesForNames = 100;

/** What a file says of itself. */
export interface FileShape {
  readonly format: FileFormat;
  readonly columns: readonly string[];
  /** Row of the header; 0 where there is none. */
  readonly headerRow: number;
}

/** How rows are wanted: nested values of NDJSON opened (`flat`); of the beginning of a file alone (`cut`). */
export interface Reading {
  readonly flat: boolean;
  readonly cut: boolean;
}

/** Rows of a file, block by block, the header and blank rows among them. Throws `BrokenFile`. */
export function rowsOf(parts: AsyncIterable<Buffer>, format: FileFormat, { flat, cut }: Reading): AsyncGenerator<FileRow[]> {
  const bytes = inUtf8(unpacked(parts, cut), format.encoding);
  return format.kind === 'csv' ? csvRows(bytes, format.delimiter ?? ',') : ndjsonRows(bytes, flat);
}

/** Finds out format and columns. A file that is not `cut` is read to its end, for a character that tells its encoding. */
export async function shapeOf(open: () => AsyncIterable<Buffer>, given: GivenFormat, cut: boolean): Promise<FileShape | ItemFault> {
  const { beginning, nonAscii } = await sample(open(), cut);
  const format = detectFormat(beginning, nonAscii, given);
  if ('code' in format) return format;
  const rows = rowsOf(open(), format, { flat: true, cut });
  return format.kind === 'csv' ? headerOf(rows, format) : namesOf(rows, format);
}

async function sample(parts: AsyncIterable<Buffer>, cut: boolean): Promise<{ beginning: Buffer; nonAscii: Buffer | null }> {
  let beginning: Buffer = Buffer.alloc(0);
  let nonAscii: Buffer | null = null;
  for await (const chunk of unpacked(parts, cut)) {
    if (beginning.length < sampleBytes) beginning = Buffer.concat([beginning, chunk]).subarray(0, sampleBytes);
    const at = isAscii(chunk) ? -1 : chunk.findIndex((byte) => byte >= 0x80);
    if (at >= 0) nonAscii = chunk.subarray(Math.max(0, at - sampleBytes / 2), at + sampleBytes / 2);
    if (beginning.length === sampleBytes && (nonAscii !== null || cut)) break;
  }
  return { beginning, nonAscii };
}

async function headerOf(blocks: AsyncIterable<FileRow[]>, format: FileFormat): Promise<FileShape | ItemFault> {
  for await (const rows of blocks) {
    const header = rows.find((row) => !isEmptyRow(row));
    if (!header) continue;
    const names = (header.cells as readonly string[]).map((name) => name.trim());
    const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
    if (twice !== undefined) return { code: 'column_twice', pointer: '', detail: `the header names the column ${twice.slice(0, 60)} twice: rename one` };
    return { format, columns: names.map((name, at) => (name === '' ? `column ${at + 1}` : name)), headerRow: header.row };
  }
  return { code: 'empty_file', pointer: '', detail: 'the file holds no rows' };
}

/** Names that cannot be kept are no columns. */
async function namesOf(blocks: AsyncIterable<FileRow[]>, format: FileFormat): Promise<FileShape | ItemFault> {
  const names = new Set<string>();
  let lines = 0;
  for await (const rows of blocks) {
    for (const { cells } of rows) {
      for (const name of Array.isArray(cells) ? [] : Object.keys(cells)) if (names.size < 1_000 && structureFault(name) === null) names.add(name);
      if (++lines >= linesForNames) break;
    }
    if (lines >= linesForNames) break;
  }
  return { format, columns: [...names], headerRow: 0 };
}
