import { readCredentials, type Credentials } from '../composition/credentials.js';
import { OperatorError } from '../composition/operator-error.js';

/** Shows what the first start made: sign-in, write key, API key. A password changed since is not known here. */
export function credentials(dataDir: string, json: boolean): void {
  const known = readCredentials(dataDir);
  if (!known) throw new OperatorError(`there are no credentials in ${dataDir}: give --data-dir of a system that was started here`);
  process.stdout.write(json ? `${JSON.stringify(known)}\n` : `  address     ${known.url}\n${keysText(known)}\n`);
}

export function keysText({ admin, writeKey, apiKey }: Omit<Credentials, 'url'>): string {
  return `  sign in     ${admin.email}   ${admin.password}\n  write key   ${writeKey}\n  API key     ${apiKey}`;
}
