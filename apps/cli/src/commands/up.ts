import { startPerennial, type PerennialOptions } from '../composition/start-perennial.js';
import { keysText } from './credentials.js';

/** Runs until SIGINT or SIGTERM, then drains. With `json` stdout gets exactly one line, when ready. */
export async function up(options: PerennialOptions, json: boolean): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const system = await startPerennial(options);
  const { url, admin, writeKey, apiKey } = system.credentials;
  if (json) process.stdout.write(`${JSON.stringify({ event: 'ready', url, admin, writeKey, apiKey })}\n`);
  else process.stdout.write(welcome(url, admin, writeKey, apiKey));
  await stopped;
  await system.stop();
}

function welcome(url: string, admin: { email: string; password: string }, writeKey: string, apiKey: string): string {
  return `
Perennial is ready at ${url}   (API and its pages: ${url}/docs)

${keysText({ admin, writeKey, apiKey })}

Send a first event, then see what it did:

  curl -u ${writeKey}: ${url}/v1/track -H 'content-type: application/json' \\
    -d '{"userId":"anna","event":"report_opened","context":{"groupId":"acme"}}'
  curl -H 'authorization: Bearer ${apiKey}' ${url}/api/v1/accounts/acme/health

Ctrl-C stops it; what it knows stays in its data folder.
`;
}
