import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, type ApiOptions } from './api-client.js';

interface Started {
  epoch: number;
  partial: readonly string[];
}

/** Clears what a service derived and lets it read its topics from the start; ends when it has read what there was at the start. */
export async function rebuild(options: ApiOptions, service: string, json: boolean): Promise<void> {
  const client = new ApiClient(options);
  const path = `/api/v1/pipeline/${encodeURIComponent(service)}/rebuild`;
  const started = await client.call<Started>('POST', path);
  while ((await client.get<{ running: boolean }>(path)).running) await sleep(250);
  if (json) process.stdout.write(`${JSON.stringify({ service, ...started })}\n`);
  else process.stdout.write(`${service} was rebuilt from the log${started.partial.length > 0 ? `; partial, since these topics no longer reach back to the start: ${started.partial.join(', ')}` : ''}\n`);
}
