import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDatabases } from '@perennial/persistence/embedded/databases';
import { EmbeddedPostgres } from '@perennial/persistence/embedded/embedded-postgres';
import { isTransient } from '@perennial/persistence/is-transient';
import { TypeOrmDatabase, type DatabaseOptions } from '@perennial/persistence/type-orm-database';
import pg from 'pg';

/** Environment variable with the superuser's URL of a PostgreSQL to test against. */
export const testPostgresVariable = 'PERENNIAL_TEST_POSTGRES_URL';

/** Killing processes is all these tests do to a server, and that a file system cache survives: no sync is waited for. */
const quickSettings = { fsync: 'off', full_page_writes: 'off', max_connections: '200', log_min_messages: 'warning', log_checkpoints: 'off' };

export interface TestDatabase {
  readonly url: string;
  readonly database: TypeOrmDatabase;
  /** Closes the pool and drops database and role. */
  readonly dispose: () => Promise<void>;
}

export type TestDatabaseOptions = Omit<DatabaseOptions, 'url'>;

/** A PostgreSQL that tests may fill with databases. */
export class TestPostgres {
  constructor(
    readonly adminUrl: string,
    protected readonly cluster: EmbeddedPostgres | null,
  ) {}

  /** A new, empty database with a role of its own; entities and migrations applied. */
  async database(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
    const url = await this.emptyDatabase();
    const database = await TypeOrmDatabase.open({ poolSize: 6, ...options, url });
    const dispose = async (): Promise<void> => {
      await database.close();
      await this.drop(url);
    };
    return { url, database, dispose };
  }

  /** URL of a new database without a pool, for what opens its own connections. */
  async emptyDatabase(): Promise<string> {
    const name = `t_${randomBytes(6).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    await this.asAdmin((client) => ensureDatabases(client, [{ name, password }]));
    const url = new URL(this.adminUrl);
    url.username = name;
    url.password = password;
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Drops a database made here, whoever is connected to it. */
  async drop(databaseUrl: string): Promise<void> {
    const name = pg.escapeIdentifier(new URL(databaseUrl).username);
    await this.asAdmin(async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.query(`DROP ROLE IF EXISTS ${name}`);
    });
  }

  protected async asAdmin(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: this.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }
}

/** A PostgreSQL of this test alone, so that it may be killed and paused. Stop it at the end. */
export class OwnPostgres extends TestPostgres {
  private constructor(private readonly embedded: EmbeddedPostgres) {
    super(embedded.adminUrl(), embedded);
  }

  /** `below`: the folder its own folder is made in. */
  static async start(settings: Readonly<Record<string, string>> = {}, below = tmpdir()): Promise<OwnPostgres> {
    const dataDir = mkdtempSync(join(below, 'perennial-pg-'));
    return new OwnPostgres(await EmbeddedPostgres.start({ dataDir, throwaway: true, settings: { ...quickSettings, ...settings } }));
  }

  /** Process number of the server. */
  pid(): number {
    return this.embedded.pid();
  }

  /** kill -9 of the server; resolves when it has recovered and answers again. */
  async kill(): Promise<void> {
    process.kill(this.embedded.pid(), 'SIGKILL');
    await this.untilAnswering();
  }

  /** kill -9 of the server, which stays down until `back`. */
  away(): Promise<void> {
    return this.embedded.crash();
  }

  /** Brings the server back with its data, at the same address. */
  back(): Promise<void> {
    return this.embedded.revive();
  }

  /** Orderly stop and start: connections are cut with 57P01. */
  async restart(): Promise<void> {
    process.kill(this.embedded.pid(), 'SIGINT');
    await this.untilAnswering();
  }

  /** Freezes the server and every connection's process until the returned function is called. */
  async pause(): Promise<() => void> {
    const pids: number[] = [];
    await this.asAdmin(async (client) => {
      const { rows } = await client.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`);
      pids.push(this.embedded.pid(), ...rows.map(({ pid }) => pid));
    });
    const signal = (name: NodeJS.Signals): void => {
      for (const pid of pids) {
        try {
          process.kill(pid, name);
        } catch {
          // A connection that ended meanwhile.
        }
      }
    };
    signal('SIGSTOP');
    return () => signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.embedded.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async untilAnswering(): Promise<void> {
    const before = this.embedded.pid();
    for (let tries = 0; ; tries++) {
      await this.embedded.untilUp();
      try {
        if (this.embedded.pid() !== before) return await this.asAdmin((client) => client.query('SELECT 1'));
      } catch (error) {
        if (!isTransient(error)) throw error;
      }
      if (tries === 1000) throw new Error('PostgreSQL did not come back');
      await sleep(20);
    }
  }
}

let shared: Promise<TestPostgres> | null = null;

/**
 * The PostgreSQL that all tests of a run share: the one named by PERENNIAL_TEST_POSTGRES_URL (jest's global
 * set-up starts one and sets it), else a throwaway cluster of this process, started on first use.
 */
export function testPostgres(): Promise<TestPostgres> {
  const url = process.env[testPostgresVariable];
  shared ??= url === undefined || url === '' ? OwnPostgres.start() : Promise.resolve(new TestPostgres(url, null));
  return shared;
}

/** A fresh database on the shared PostgreSQL. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  return (await testPostgres()).database(options);
}

/** Stops the shared PostgreSQL if this process started it. */
export async function stopTestPostgres(): Promise<void> {
  const postgres = await shared;
  shared = null;
  if (postgres instanceof OwnPostgres) await postgres.stop();
}
