import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedCall } from '../commands/api-client.js';
import { OperatorError } from '../composition/operator-error.js';
import type { ImportApi, ImportJob } from './import-api.js';
import { progressLine } from './progress-line.js';
import { counted } from './tell-import.js';

const everyMs = 500;
/** The service may be started again meanwhile; the import is stored. */
const patienceMs = 120_000;

/** Shows how far the import is until it is over. */
export async function followImport(api: ImportApi, begun: ImportJob): Promise<ImportJob> {
  const line = progressLine();
  let job = begun;
  let heardAt = performance.now();
  while (!['done', 'failed', 'cancelled'].includes(job.state)) {
    line.show(progressOf(job));
    await sleep(everyMs);
    try {
      job = await api.get(job.id);
      heardAt = performance.now();
    } catch (error) {
      if (error instanceof RefusedCall && error.isFinal) throw error;
      if (performance.now() - heardAt > patienceMs) throw new OperatorError(`${(error as Error).message}\nthe import is kept and goes on with the service: follow it with --resume`);
      line.show('the service is away: waiting');
    }
  }
  if (job.rows.read > 0) line.show(progressOf(job));
  line.end();
  return job;
}

export function progressOf({ state, progress, rows, rowsPerSecond, remainingSeconds }: ImportJob): string {
  if (state === 'waiting') return 'waiting for its turn';
  if (state === 'ending') return `${counted(rows.read, 'row')} read; the accounts get their verdicts`;
  const rate = rowsPerSecond === null ? '' : `, ${rowsPerSecond} rows/s`;
  const left = remainingSeconds === null ? '' : `, ${durationOf(remainingSeconds)} left`;
  return `${(progress * 100).toFixed(1)} %: ${counted(rows.read, 'row')}${rows.rejected > 0 ? `, ${rows.rejected} faulty` : ''}${rate}${left}`;
}

export function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
