import { FirstCredentials } from '@perennial/gateway/application/first-credentials';
import { formatApiKey } from '@perennial/gateway/domain/api-key';
import type { RunningService } from '@perennial/service-kit/service';
import { randomBytes } from 'node:crypto';
import { readCredentials, type Credentials } from './credentials.js';
import { ApiClient } from '../commands/api-client.js';

const enoughRandomBytes = 80;

/** The sign-in, write key and API key that a restart shows again; made, through the public API, where they are missing. */
export async function firstCredentials(dataDir: string, gateway: RunningService, admin: Credentials['admin']): Promise<Credentials> {
  const known = readCredentials(dataDir);
  const apiKey = known?.apiKey ?? formatApiKey(randomBytes(enoughRandomBytes));
  await gateway.get(FirstCredentials).ensureApiKey(apiKey, 'first start', ['admin']);
  const writeKey = known?.writeKey ?? (await firstSource(gateway.url, apiKey, dataDir));
  return { url: gateway.url, admin, writeKey, apiKey };
}

async function firstSource(url: string, apiKey: string, dataDir: string): Promise<string> {
  const source = await new ApiClient({ url, apiKey, dataDir }).call<{ writeKey: string }>('POST', '/api/v1/sources', { type: 'segment', name: 'First source' });
  return source.writeKey;
}
