import { parse, type CsvError } from 'csv-parse/sync';
import type { FileRow } from './file-row.js';

interface Found {
  readonly record: string[];
  readonly info: { readonly lines: number; readonly bytes: number };
}

const newLine = 0x0a;
/** Beyond this a record is no record, but a quote that nobody closed. */
const mostRecordBytes = 128 * 1024;

/**
 * Rows of CSV in UTF-8, block by block, numbered as a spreadsheet numbers them: the first line is row 1. A quote
 * that is not closed spoils its own line, not those behind it: where quotes do not work out, or a record spans several
 * lines and does not fit the header, its first line is taken by itself, and reading goes on with the next.
 */
export async function* csvRows(bytes: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<FileRow[]> {
  const reader = new CsvReader(delimiter);
  for await (const chunk of bytes) {
    const rows = reader.read(chunk, false);
    if (rows.length > 0) yield rows;
  }
  yield reader.read(Buffer.alloc(0), true);
}

class CsvReader {
  private left: Buffer = Buffer.alloc(0);
  private row = 0;
  private line = 1;
  private width: number | null = null;

  constructor(private readonly delimiter: string) {}

  read(chunk: Buffer, isEnd: boolean): FileRow[] {
    this.left = this.left.length === 0 ? chunk : Buffer.concat([this.left, chunk]);
    const rows: FileRow[] = [];
    if (this.row === 0) this.skipSeparatorLine();
    while (this.left.length > 0 && this.readRecords(rows, isEnd));
    return rows;
  }

  /** Reads what is left as far as it is whole; true when there is more to read at once. */
  private readRecords(rows: FileRow[], isEnd: boolean): boolean {
    const { found, error } = this.parse(this.left);
    const isTorn = error !== null && error !== 'CSV_QUOTE_NOT_CLOSED';
    // Up to an error all are whole. Without one the last may go on in the next part.
    const whole = isEnd || isTorn ? found : found.slice(0, -1);
    let [bytes, lines] = [0, 0];
    for (const { record, info } of whole) {
      if (info.lines - lines > 1 && this.width !== null && record.length !== this.width && !isBlank(record)) {
        this.advance(bytes, lines);
        return this.takeLine(rows);
      }
      rows.push({ row: ++this.row, line: this.line + lines, cells: record, problem: this.problemOf(record) });
      [bytes, lines] = [info.bytes, info.lines];
    }
    this.advance(bytes, lines);
    if (this.left.length > mostRecordBytes || (isEnd && error !== null)) return this.takeLine(rows);
    return isTorn && this.left.includes(newLine) && this.takeLine(rows);
  }

  /** The records up to the first error, which is the name of what is wrong behind them. */
  private parse(text: Buffer, relaxed = false): { found: readonly Found[]; error: string | null } {
    let error: { code: string; records: number } | null = null;
    const found = parse(text, {
      delimiter: this.delimiter, info: true, relax_column_count: true, relax_quotes: relaxed, skip_records_with_error: true,
      on_skip: (problem: CsvError | undefined) => {
        error ??= { code: problem?.code ?? '', records: (problem as unknown as { records: number }).records };
        return undefined;
      },
    }) as unknown as Found[];
    const first = error as { code: string; records: number } | null;
    return first === null ? { found, error: null } : { found: found.slice(0, first.records), error: first.code };
  }

  /** Takes one line by itself: quotes within a value are letters, one that begins a value must end it. */
  private takeLine(rows: FileRow[]): boolean {
    const end = this.left.indexOf(newLine);
    const text = end < 0 ? this.left : this.left.subarray(0, end + 1);
    const isLong = text.length > mostRecordBytes;
    const { found, error } = isLong ? { found: [], error: 'long' } : this.parse(text, true);
    const record = found[0]?.record;
    const isWhole = error === null && record !== undefined && !record.some((cell) => cell.startsWith('"'));
    rows.push({ row: ++this.row, line: this.line, cells: isWhole ? record : [], problem: isWhole ? this.problemOf(record) : isLong ? 'is too long' : 'opens a quote that is not closed' });
    this.advance(text.length, 1);
    return true;
  }

  private problemOf(record: string[]): string | null {
    if (isBlank(record)) return null;
    if (this.width === null) {
      this.width = record.length;
      return null;
    }
    // Spreadsheets leave empty cells behind the last one.
    while (record.length > this.width && record.at(-1) === '') record.pop();
    return record.length === this.width ? null : `has ${record.length} fields, the header has ${this.width}`;
  }

  private advance(bytes: number, lines: number): void {
    this.left = this.left.subarray(bytes);
    this.line += lines;
  }

  private skipSeparatorLine(): void {
    const named = /^"?sep=[^\r\n"]"?\r?\n/i.exec(this.left.toString('utf8', 0, 12));
    if (!named) return;
    this.row++;
    this.advance(named[0].length, 1);
  }
}

const isBlank = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');
