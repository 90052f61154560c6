import type { FileRow } from './file-row.js';

const newLine = 0x0a;
/** An item of the telemetry topic is at most 32 KiB; more can only be a mistake. */
const mostLineBytes = 128 * 1024;

/** Rows of NDJSON in UTF-8, one object a line, block by block; nested values by their path, as `company.id`. */
export async function* ndjsonRows(bytes: AsyncIterable<Buffer>, flat: boolean): AsyncGenerator<FileRow[]> {
  let left: Buffer = Buffer.alloc(0);
  let line = 0;
  let tooLong = false;
  const rows: FileRow[] = [];
  const take = (text: Buffer): void => {
    line++;
    rows.push(tooLong ? { row: line, line, cells: {}, problem: 'is too long' } : rowOf(text, line, flat));
    tooLong = false;
  };
  for await (const chunk of bytes) {
    const block = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    let start = 0;
    for (let end = block.indexOf(newLine, start); end >= 0; end = block.indexOf(newLine, start)) {
      take(block.subarray(start, end));
      start = end + 1;
    }
    left = block.subarray(start);
    if (left.length > mostLineBytes) {
      tooLong = true;
      left = Buffer.alloc(0);
    }
    if (rows.length > 0) yield rows.splice(0);
  }
  if (left.length > 0 || tooLong) take(left);
  yield rows;
}

function rowOf(bytes: Buffer, line: number, flat: boolean): FileRow {
  const text = bytes.toString('utf8').trim();
  if (text === '') return { row: line, line, cells: [], problem: null };
  if (bytes.length > mostLineBytes) return { row: line, line, cells: {}, problem: 'is too long' };
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { row: line, line, cells: {}, problem: 'is no JSON object' };
    return { row: line, line, cells: flat ? flattened(value as Record<string, unknown>) : (value as Record<string, unknown>), problem: null };
  } catch {
    return { row: line, line, cells: {}, problem: 'is no JSON' };
  }
}

/** Objects are opened, three levels deep; lists stay whole. Names that reach prototypes are ordinary names of a map. */
function flattened(value: Record<string, unknown>): Record<string, unknown> {
  const cells = Object.create(null) as Record<string, unknown>;
  const open = (object: Record<string, unknown>, path: string, depth: number): void => {
    for (const [name, one] of Object.entries(object)) {
      if (typeof one === 'object' && one !== null && !Array.isArray(one) && depth < 3) open(one as Record<string, unknown>, `${path}${name}.`, depth + 1);
      else cells[`${path}${name}`] = one;
    }
  };
  open(value, '', 1);
  return cells;
}
