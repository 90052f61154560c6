import { formatApiKey } from '@perennial/gateway/domain/api-key';
import { newIdentityKeys } from '@perennial/service-kit/identity-token';
import { newWriteKey } from '@perennial/signal-ingestion/application/write-key';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { readCredentials, readJson, writeJson } from './credentials.js';
import { makeDataDir } from './make-data-dir.js';

/** Everything random that a system is made with. */
export interface Secrets {
  readonly databasePasswords: Readonly<Record<string, string>>;
  readonly identityPrivateKey: string;
  readonly identityPublicKey: string;
  readonly adminPassword: string;
  readonly apiKey: string;
  readonly writeKey: string;
  /** Seals the secrets of webhook sources. */
  readonly sourceSecretsKey: string;
}

const secretsFile = 'secrets.json';
const enoughRandomBytes = 80;

export function readSecrets(dataDir: string): Secrets | null {
  return readJson<Secrets>(join(dataDir, secretsFile));
}

/** The folder's secrets: made at the first start; later what is missing of them. */
export async function secretsOf(dataDir: string, databases: readonly string[]): Promise<Secrets> {
  makeDataDir(dataDir);
  const known: Partial<Secrets> = readSecrets(dataDir) ?? {};
  // Folders of before keep the two keys only where they show them.
  const shown = readCredentials(dataDir);
  const keys = known.identityPrivateKey && known.identityPublicKey ? { privateJwk: known.identityPrivateKey, publicJwk: known.identityPublicKey } : await newIdentityKeys();
  const secrets: Secrets = {
    databasePasswords: { ...known.databasePasswords, ...Object.fromEntries(databases.map((name) => [name, known.databasePasswords?.[name] ?? randomBytes(18).toString('base64url')])) },
    identityPrivateKey: keys.privateJwk,
    identityPublicKey: keys.publicJwk,
    adminPassword: known.adminPassword ?? randomBytes(12).toString('base64url'),
    apiKey: known.apiKey ?? shown?.apiKey ?? formatApiKey(randomBytes(enoughRandomBytes)),
    writeKey: known.writeKey ?? shown?.writeKey ?? newWriteKey(),
    sourceSecretsKey: known.sourceSecretsKey ?? randomBytes(32).toString('base64url'),
  };
  if (JSON.stringify(secrets) !== JSON.stringify(known)) writeJson(join(dataDir, secretsFile), secrets);
  return secrets;
}

/** As root, PostgreSQL runs as another user, who has to pass through the folder; what is ours in it is owner-only. */
export function letPostgresPass(dataDir: string): void {
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o711);
}
