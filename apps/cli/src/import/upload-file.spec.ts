import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefusedCall } from '../commands/api-client.js';
import { followImport } from './follow-import.js';
import type { ImportApi, ImportJob } from './import-api.js';
import { uploadFile } from './upload-file.js';

const begun: ImportJob = {
  id: 'i', state: 'uploading', dryRun: false, receivedBytes: 0, rows: { read: 0, taken: 0, repeated: 0, rejected: 0 }, signals: 0, waitingSignals: 0, accounts: 0, progress: 0, rowsPerSecond: null, remainingSeconds: null, failure: null,
};

describe('a file on its way', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    path = join(folder, 'rows.csv');
    await writeFile(path, 'a,b\n1,2\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('that became shorter meanwhile is not sent without end', async () => {
    let calls = 0;
    const append = (_id: string, offset: number, bytes: Buffer, isLast: boolean): Promise<ImportJob> => {
      if (++calls > 10) throw new Error('it goes on and on');
      return Promise.resolve({ ...begun, receivedBytes: offset + bytes.length, state: isLast ? 'waiting' : 'uploading' });
    };
    const api = { append, get: () => Promise.resolve(begun) } as unknown as ImportApi;
    expect(await uploadFile(api, begun, path, 8)).toMatchObject({ state: 'waiting', receivedBytes: 8 });
    await expect(uploadFile(api, begun, path, 9)).rejects.toThrow('changed while it was sent');
  });

  it('is not followed any longer once the service refuses to tell of it', async () => {
    const api = { get: () => Promise.reject(new RefusedCall('GET answered 401: no key', 401)) } as unknown as ImportApi;
    await expect(followImport(api, { ...begun, state: 'running' })).rejects.toThrow('401');
  }, 5_000);
});
