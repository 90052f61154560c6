import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { OperatorError } from '../composition/operator-error.js';
import type { ImportApi, ImportJob } from './import-api.js';

/** Writes every faulty row with its number to a CSV file; answers its name. */
export async function writeErrors(api: ImportApi, { id }: ImportJob, path: string): Promise<string> {
  const out = createWriteStream(path);
  const closed = finished(out);
  closed.catch(() => undefined);
  try {
    out.write('row,line,column,code,detail\n');
    for (let after = 0, more = true; more; ) {
      const { data, hasMore } = await api.errors(id, after);
      for (const { row, line, column, code, detail } of data) {
        if (!out.write(`${[row, line, column ?? '', code, detail].map(quoted).join(',')}\n`)) await Promise.race([once(out, 'drain'), closed]);
        after = row;
      }
      more = hasMore;
    }
    out.end();
    await closed;
  } catch (error) {
    out.destroy();
    throw error instanceof OperatorError ? error : new OperatorError(`${path} cannot be written: ${(error as Error).message}`);
  }
  return path;
}

/** A cell that begins like a formula would be run by a spreadsheet. */
function quoted(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
