import type { ImportJob, Preview } from './import-api.js';

/** What the file is taken for, on stderr: before anything is done with it. */
export function tellPreview({ format, columns, constants, rows }: Preview, as: string): void {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const separator = format.delimiter === '\t' ? 'tabulator' : format.delimiter;
  say(`${format.kind === 'csv' ? `CSV, separated by ${separator}` : 'NDJSON'}, ${format.encoding}, as ${as}:`);
  if (as !== 'signals') {
    const width = Math.min(40, Math.max(...columns.map(({ column }) => column.length)));
    for (const { column, field, how } of columns) say(`  ${column.padEnd(width)}  ${field === null ? '-  (not used)' : `-> ${field}${how === 'guessed' ? '' : '  (given)'}`}`);
    for (const [field, value] of Object.entries(constants)) say(`  ${'every row'.padEnd(width)}  -> ${field} = ${value}`);
  }
  for (const { row, says, error } of rows.slice(0, 3)) say(`  row ${row}: ${error === null ? shortened(JSON.stringify(says?.length === 1 ? says[0] : says)) : `faulty${error.column === null ? '' : `, ${error.column}`}: ${error.detail}`}`);
}

/** `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}..` : text);

/** What came of it, on stdout. */
export function tellOutcome(job: ImportJob, errorsFile: string | null): void {
  const { rows } = job;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  if (job.failure) say(`failed: ${job.failure.detail}`);
  if (job.state === 'cancelled') say('cancelled; what it had brought stays');
  const verb = job.dryRun ? 'would be taken' : 'taken';
  say(`${counted(rows.read, 'row')} read: ${rows.taken} ${verb}, ${rows.repeated} known already, ${rows.rejected} faulty${job.dryRun ? '' : `; ${counted(job.accounts, 'account')} touched`}`);
  if (job.waitingSignals > 0) say(`${counted(job.waitingSignals, 'signal')} waiting for the account of a person: see GET /api/v1/people?unassigned=true`);
  if (errorsFile !== null) say(`faulty rows: ${errorsFile}`);
}
