import { basename } from 'node:path';
import { OperatorError } from '../composition/operator-error.js';
import { ImportApi, type ImportJob } from '../import/import-api.js';
import { fileFacts, firstBytes } from '../import/local-file.js';
import { followImport } from '../import/follow-import.js';
import { tellOutcome, tellPreview } from '../import/tell-import.js';
import { uploadFile } from '../import/upload-file.js';
import { writeErrors } from '../import/write-errors.js';
import type { ApiOptions } from './api-client.js';

export interface ImportOptions {
  as: string;
  map?: string[];
  set?: string[];
  dryRun?: boolean;
  resume?: boolean;
  errors?: string;
  encoding?: string;
  delimiter?: string;
  dates?: string;
  json?: boolean;
}

const over = ['done', 'failed', 'cancelled'];

/**
 * Sends a file and follows its import to the end. Exit code 0: every row was taken or known; 1: it failed, or rows are
 * faulty and told in a file. Killed at any moment, `--resume` goes on: the service has what arrived.
 */
export async function importFile(file: string, options: ApiOptions & ImportOptions): Promise<number> {
  const facts = await fileFacts(file);
  const api = new ImportApi(options);
  const query = queryOf(options);
  const earlier = await latest(api, facts.sha256, options);
  let job: ImportJob;
  if (options.resume && earlier && !['failed', 'cancelled'].includes(earlier.state)) {
    job = earlier;
    process.stderr.write(over.includes(job.state) ? `this file was imported before: ${job.id}\n` : `going on with ${job.id}\n`);
  } else {
    if (earlier && !over.includes(earlier.state)) throw new OperatorError(`an import of this file is under way (${Math.round(earlier.progress * 100)} %): add --resume to go on with it, or cancel it with POST /api/v1/imports/${earlier.id}/cancel`);
    if (options.resume) process.stderr.write('no import of this file broke off: beginning\n');
    tellPreview(await api.preview(query, await firstBytes(file)), options.as);
    job = await api.create(new URLSearchParams([...query, ['fileName', basename(file).slice(0, 200)], ['sha256', facts.sha256], ['dryRun', String(options.dryRun ?? false)]]));
  }
  if (job.state === 'uploading') job = await uploadFile(api, job, file, facts.bytes);
  const onInterrupt = () => {
    process.stderr.write(`\nthe import goes on in the service; follow it with --resume, stop it with POST /api/v1/imports/${job.id}/cancel\n`);
    process.exit(1);
  };
  process.once('SIGINT', onInterrupt);
  job = await followImport(api, job);
  process.off('SIGINT', onInterrupt);
  const errorsFile = job.rows.rejected > 0 ? await writeErrors(api, job, options.errors ?? `${basename(file)}.errors.csv`) : null;
  if (options.json) process.stdout.write(`${JSON.stringify({ ...job, errorsFile })}\n`);
  else tellOutcome(job, errorsFile);
  return job.state === 'done' && job.rows.rejected === 0 ? 0 : 1;
}

/** A dry run is no beginning of the import itself, and the other way round. */
async function latest(api: ImportApi, sha256: string, { as, dryRun = false }: ImportOptions): Promise<ImportJob | null> {
  return (await api.ofFile(sha256, as)).find((job) => job.dryRun === dryRun) ?? null;
}

function queryOf({ as, map = [], set = [], encoding, delimiter, dates }: ImportOptions): URLSearchParams {
  const query = new URLSearchParams({ as });
  for (const one of map) query.append('map', one);
  for (const one of set) query.append('set', one);
  for (const [name, value] of Object.entries({ encoding, delimiter, dates })) if (value !== undefined) query.append(name, value);
  return query;
}
