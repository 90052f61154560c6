import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import chardet from 'chardet';
import type { ItemFault } from '../domain/item-fault.js';

/** How a file is written. */
export interface FileFormat {
  readonly kind: 'csv' | 'ndjson';
  /** A name that TextDecoder knows. */
  readonly encoding: string;
  /** Null for NDJSON. */
  readonly delimiter: string | null;
}

export interface GivenFormat {
  readonly encoding: string | null;
  readonly delimiter: string | null;
}

const delimiters = [',', ';', '\t', '|'];
const marks: readonly [bytes: readonly number[], encoding: string][] = [[[0xef, 0xbb, 0xbf], 'utf-8'], [[0xff, 0xfe], 'utf-16le'], [[0xfe, 0xff], 'utf-16be']];
/** What is no text at all, and what its owner can do about it. */
const foreign: readonly [bytes: string, what: string][] = [
  ['PK\x03\x04', 'is a spreadsheet or a zip archive: save it as CSV'],
  ['\xd0\xcf\x11\xe0', 'is an old spreadsheet: save it as CSV'],
  ['%PDF', 'is a PDF: export the data as CSV'],
  ['PAR1', 'is Parquet: export the data as CSV or NDJSON'],
];

/**
 * Finds out how a file is written from its beginning and, where given, from a later part that is not plain ASCII.
 * What the caller says goes first.
 */
export function detectFormat(beginning: Buffer, nonAscii: Buffer | null, given: GivenFormat): FileFormat | ItemFault {
  if (beginning.length === 0) return fault('empty_file', 'is empty');
  const known = foreign.find(([bytes]) => beginning.subarray(0, bytes.length).toString('latin1') === bytes);
  if (known) return fault('unknown_format', known[1]);
  const encoding = given.encoding ?? encodingOf(beginning, nonAscii);
  if (!isEncoding(encoding)) return { code: 'unknown_encoding', pointer: '?encoding', detail: `${encoding} is no encoding that can be read, e.g. utf-8 or windows-1252` };
  const text = new TextDecoder(encoding).decode(beginning, { stream: true });
  if (text.includes('\0')) return fault('unknown_format', 'holds binary data: send CSV or NDJSON');
  const first = text.trimStart().charAt(0);
  if (first === '[') return fault('unknown_format', 'is a JSON array: send one object a line (NDJSON)');
  if (first === '{') return { kind: 'ndjson', encoding, delimiter: null };
  return { kind: 'csv', encoding, delimiter: given.delimiter ?? delimiterOf(text) };
}

const fault = (code: string, what: string): ItemFault => ({ code, pointer: '', detail: `the file ${what}` });

export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

function encodingOf(beginning: Buffer, nonAscii: Buffer | null): string {
  const mark = marks.find(([bytes]) => bytes.every((byte, at) => beginning[at] === byte));
  if (mark) return mark[1];
  const sample = nonAscii ?? beginning;
  if (isUtf8(wholeCharacters(sample))) return 'utf-8';
  const guess = chardet.detect(sample) ?? 'windows-1252';
  // What browsers mean by ISO-8859-1, too: the same letters, and more where it has control characters.
  return guess === 'ISO-8859-1' || !isEncoding(guess) ? 'windows-1252' : guess.toLowerCase();
}

/** A part cut out of UTF-8 may begin and end within a character. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start++;
  let end = bytes.length;
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (length > back) end = bytes.length - back;
    break;
  }
  return bytes.subarray(start, end);
}

/** Excel may name it in a first line of its own. Else the one that gives most rows the same number of fields, above one. */
function delimiterOf(text: string): string {
  const named = /^\uFEFF?"?sep=([^\r\n"])"?\r?\n/i.exec(text)?.[1];
  if (named !== undefined) return named;
  const lines = text.slice(0, 16_384).split(/\r\n|\n|\r/);
  const sample = lines.slice(0, Math.max(1, Math.min(50, lines.length - 1))).join('\n');
  const scored = delimiters.map((delimiter) => {
    const records: readonly string[][] = parse(sample, { delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, skip_records_with_error: true, bom: true });
    const widths = records.map(({ length }) => length);
    const width = widths[0] ?? 1;
    return { delimiter, score: width < 2 ? 0 : (widths.filter((one) => one === width).length / widths.length) * 100 + Math.min(width, 50) / 50 };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best), { delimiter: ',', score: 0 }).delimiter;
}
