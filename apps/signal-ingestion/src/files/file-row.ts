import type { Cells } from '../domain/imports/row-meaning.js';

/** One row of a file. */
export interface FileRow {
  /** As a spreadsheet numbers it: the header is row 1. In NDJSON the line. */
  readonly row: number;
  /** Line of the text it begins at, from 1. */
  readonly line: number;
  /** Empty: a blank line. */
  readonly cells: Cells;
  /** Why the row cannot be read; null when it can. */
  readonly problem: string | null;
}

/** True for a row that holds nothing and is passed over. */
export function isEmptyRow({ cells, problem }: FileRow): boolean {
  return problem === null && Array.isArray(cells) && (cells as readonly string[]).every((cell) => cell.trim() === '');
}
