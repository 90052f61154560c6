import pg from 'pg';
import { Fatal } from '../errors.js';

/** A service's database and the role that owns it, both called `name`. */
export interface ServiceDatabase {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly name: string;
  readonly password: string;
}

/** postgres:// URL of a role's own database behind a unix socket. */
export function socketUrl(socketDir: string, name: string, password: string, database = name): string {
  return `postgres://${encodeURIComponent(name)}:${encodeURIComponent(password)}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}`;
}

/** Nobody but the superuser enters the databases that come with the cluster. Run once on a new cluster. */
export async function closeBuiltinDatabases(client: pg.Client): Promise<void> {
  await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC; REVOKE ALL ON DATABASE template1 FROM PUBLIC');
}

/**
 * Makes one role and one database for each, what is missing of them, and sets the passwords. A role can
 * connect to its own database only.
 */
export async function ensureDatabases(client: pg.Client, wanted: readonly ServiceDatabase[]): Promise<void> {
  for (const { name } of wanted) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name)) throw new Fatal(`"${name}" is no name for a database`);
  }
  const names = wanted.map(({ name }) => name);
  const found = await client.query<{ role: string | null; database: string | null }>(
    'SELECT r.rolname AS role, d.datname AS database FROM unnest($1::text[]) w(name) LEFT JOIN pg_roles r ON r.rolname = w.name LEFT JOIN pg_database d ON d.datname = w.name',
    [names],
  );
  const roles = new Set(found.rows.map(({ role }) => role));
  const databases = new Set(found.rows.map(({ database }) => database));
  // One text, one transaction, one commit.
  const statements = wanted.map(
    ({ name, password }) => `${roles.has(name) ? 'ALTER' : 'CREATE'} ROLE ${pg.escapeIdentifier(name)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`,
  );
  if (statements.length > 0) await client.query(statements.join('; '));
  for (const name of names.filter((each) => !databases.has(each))) {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${pg.escapeIdentifier(name)}`);
  }
  const revokes = names.map((name) => `REVOKE ALL ON DATABASE ${pg.escapeIdentifier(name)} FROM PUBLIC`);
  if (names.some((name) => !databases.has(name))) await client.query(revokes.join('; '));
}
