import { closeBuiltinDatabases, ensureDatabases } from '@perennial/persistence/embedded/databases';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { adminEmail, writeCredentials, writePrivately } from '../composition/credentials.js';
import { OperatorError } from '../composition/operator-error.js';
import { readSecrets, secretsOf } from '../composition/secrets.js';
import { secretSettingsOf, services } from '../composition/services.js';

const superuser = 'postgres';
const withDatabase = [...services.map((service) => service.name), 'gateway'];

/**
 * Makes the secrets of a deployment where they are missing, and lays out for each reader what it may know:
 * `<service>/env` for `node --env-file`, `postgres/password` for the superuser, `cli/credentials.json` for
 * `perennial credentials`, and all of it in `setup/secrets.json`. Each folder may be a volume of its own.
 */
export async function setupSecrets(options: { dir: string; postgres: string; publicUrl: string }): Promise<void> {
  const folder = (reader: string): string => {
    mkdirSync(join(options.dir, reader), { recursive: true });
    return join(options.dir, reader);
  };
  const secrets = await secretsOf(folder('setup'), [...withDatabase, superuser]);
  for (const name of withDatabase) {
    const env = { DATABASE_URL: urlOf(options.postgres, name, secrets.databasePasswords[name]!), IDENTITY_PUBLIC_KEY: secrets.identityPublicKey, ...secretSettingsOf(name, secrets) };
    writePrivately(join(folder(name), 'env'), Object.entries(env).map(([key, value]) => `${key}='${value}'\n`).join(''));
  }
  // The server runs as another user: whoever has this folder may read it.
  writePrivately(join(folder('postgres'), 'password'), `${secrets.databasePasswords[superuser]!}\n`, 0o444);
  writeCredentials(folder('cli'), { url: options.publicUrl, admin: { email: adminEmail, password: secrets.adminPassword }, writeKey: secrets.writeKey, apiKey: secrets.apiKey });
  process.stdout.write('the secrets are there; `perennial credentials` shows sign-in and keys\n');
}

/** Makes what is missing of databases and roles on a server, and sets the passwords; each role may connect to its own database only. */
export async function setupDatabases(options: { dir: string; postgres: string; adminUrl?: string }): Promise<void> {
  const secrets = readSecrets(join(options.dir, 'setup'));
  if (!secrets) throw new OperatorError(`there are no secrets in ${options.dir}: run \`perennial setup secrets\` first`);
  const client = new pg.Client({ connectionString: options.adminUrl ?? urlOf(options.postgres, superuser, secrets.databasePasswords[superuser]!) });
  try {
    await client.connect();
    await closeBuiltinDatabases(client);
    await ensureDatabases(client, withDatabase.map((name) => ({ name, password: secrets.databasePasswords[name]! })));
  } catch (error) {
    throw new OperatorError(`the databases could not be made: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await client.end();
  }
  process.stdout.write(`${withDatabase.length} databases are there\n`);
}

function urlOf(postgres: string, name: string, password: string): string {
  return `postgres://${encodeURIComponent(name)}:${encodeURIComponent(password)}@${postgres}/${encodeURIComponent(name)}`;
}
