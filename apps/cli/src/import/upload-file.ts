import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedCall } from '../commands/api-client.js';
import { OperatorError } from '../composition/operator-error.js';
import type { ImportApi, ImportJob } from './import-api.js';
import { bytesAt } from './local-file.js';
import { progressLine } from './progress-line.js';

/** Small enough to be sent within a request's 30 s over a slow line, large enough to be few. */
const partBytes = 2 * 1024 * 1024;
const triesInARow = 6;

class FileChanged extends OperatorError {}

/** Sends the file from where the service has it to its end. What fails is tried again where the service says it goes on. */
export async function uploadFile(api: ImportApi, begun: ImportJob, path: string, size: number): Promise<ImportJob> {
  const line = progressLine();
  const began = performance.now();
  const sentBefore = begun.receivedBytes;
  let job = begun;
  for (let failures = 0; job.state === 'uploading'; ) {
    try {
      const part = await bytesAt(path, job.receivedBytes, partBytes);
      if (part.length === 0 && job.receivedBytes < size) throw new FileChanged(`${path} changed while it was sent: run the same again`);
      job = await api.append(job.id, job.receivedBytes, part, job.receivedBytes + part.length >= size);
      failures = 0;
    } catch (error) {
      if (error instanceof FileChanged || (error instanceof RefusedCall && error.isFinal)) throw error;
      if (++failures >= triesInARow) throw new OperatorError(`${(error as Error).message}\nwhat arrived is kept: run the same with --resume to go on`);
      await sleep(250 * 2 ** failures);
      job = await api.get(job.id).catch(() => job);
    }
    const rate = ((job.receivedBytes - sentBefore) / (performance.now() - began)) * 1000;
    // Of a file that is one part, the rate says nothing.
    line.show(`sent ${Math.round((job.receivedBytes / Math.max(1, size)) * 100)} %${size > partBytes ? `, ${(rate / 1e6).toFixed(1)} MB/s` : ''}`);
  }
  line.end();
  return job;
}
