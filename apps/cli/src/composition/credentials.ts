import { newIdentityKeys } from '@perennial/service-kit/identity-token';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDir } from './make-data-dir.js';

/** What `perennial up` shows, and keeps in `credentials.json` so that a restart shows the same. */
export interface Credentials {
  readonly url: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly writeKey: string;
  readonly apiKey: string;
}

/** What nobody needs to see: passwords of the databases and the key that identity tokens are signed with. */
export interface Secrets {
  readonly databasePasswords: Readonly<Record<string, string>>;
  readonly identityPrivateKey: string;
  readonly identityPublicKey: string;
  readonly adminPassword: string;
}

const credentialsFile = 'credentials.json';
const secretsFile = 'secrets.json';

export function readCredentials(dataDir: string): Credentials | null {
  return readJson<Credentials>(join(dataDir, credentialsFile));
}

export function writeCredentials(dataDir: string, credentials: Credentials): void {
  writeJson(join(dataDir, credentialsFile), credentials);
}

/** The folder's secrets, made at the first start. */
export async function secretsOf(dataDir: string, databases: readonly string[]): Promise<Secrets> {
  makeDataDir(dataDir);
  // As root, PostgreSQL runs as another user, who has to pass through; what is ours in here is owner-only.
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
  const path = join(dataDir, secretsFile);
  const known = readJson<Secrets>(path);
  if (known && databases.every((name) => known.databasePasswords[name])) return known;
  const keys = known ? { privateJwk: known.identityPrivateKey, publicJwk: known.identityPublicKey } : await newIdentityKeys();
  const secrets: Secrets = {
    databasePasswords: Object.fromEntries(databases.map((name) => [name, known?.databasePasswords[name] ?? randomBytes(18).toString('base64url')])),
    identityPrivateKey: keys.privateJwk,
    identityPublicKey: keys.publicJwk,
    adminPassword: known?.adminPassword ?? randomBytes(12).toString('base64url'),
  };
  writeJson(path, secrets);
  return secrets;
}

export function readJson<T>(path: string): T | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : null;
}

/** Owner-only, and whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
