import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a first start shows, kept in `credentials.json` so that it can be shown again. */
export interface Credentials {
  readonly url: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly writeKey: string;
  readonly apiKey: string;
}

export const adminEmail = 'admin@perennial.localhost';

const credentialsFile = 'credentials.json';

export function readCredentials(dataDir: string): Credentials | null {
  return readJson<Credentials>(join(dataDir, credentialsFile));
}

export function writeCredentials(dataDir: string, credentials: Credentials): void {
  writeJson(join(dataDir, credentialsFile), credentials);
}

export function readJson<T>(path: string): T | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : null;
}

/** Owner-only, and whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  writePrivately(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Owner-only (or `mode`), and whole or not at all. */
export function writePrivately(path: string, text: string, mode = 0o600): void {
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  renameSync(`${path}.new`, path);
}
