import { startTestService, type TestService } from '@perennial/testing/service';
import { Sources } from '../src/application/sources.js';
import { newWriteKey } from '../src/application/write-key.js';
import { parseSignalIngestionConfig } from '../src/config.js';
import { signalIngestion } from '../src/service.js';

const firstWriteKey = newWriteKey();

describe('the write key that the environment names', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(signalIngestion, { env: { FIRST_WRITE_KEY: firstWriteKey, WRITE_KEY_POLL_MS: '100' } });
  }, 30_000);
  afterAll(() => service.stop());

  const send = async () => {
    const body = JSON.stringify({ userId: 'anna', event: 'Opened', writeKey: firstWriteKey });
    return (await fetch(`${service.running.url}/v1/track`, { method: 'POST', body })).status;
  };
  const sources = async () => (await service.request('GET', '/api/v1/sources', { scopes: ['operate'] })).body.data as { id: string; writeKey: string }[];

  it('is good as soon as the service answers, and has a source', async () => {
    expect(await send()).toBe(200);
    expect(await sources()).toEqual([expect.objectContaining({ type: 'segment', name: 'First source', writeKey: firstWriteKey })]);
  });

  it('is made once; revoked it stays revoked', async () => {
    const again = () => service.running.get(Sources).ensure('segment', 'First source', firstWriteKey);
    await again();
    const [first, ...others] = await sources();
    expect(others).toEqual([]);
    expect((await service.request('DELETE', `/api/v1/sources/${first!.id}`, { scopes: ['operate'] })).status).toBe(204);
    await again();
    expect(await sources()).toEqual([]);
    expect(await send()).toBe(401);
  });

  it('must be one', () => {
    const { faults } = parseSignalIngestionConfig({ FIRST_WRITE_KEY: 'hunter2' });
    expect(faults).toEqual([expect.stringMatching(/^FIRST_WRITE_KEY (?!.*hunter2)/)]);
  });
});
