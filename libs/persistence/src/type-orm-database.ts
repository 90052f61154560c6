import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg, { type ClientConfig, type Pool, type PoolClient } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Fatal } from './errors.js';
import { classified, isConflict } from './is-transient.js';
import { migrate } from './migrate.js';
import { Database, beginTransaction, type Statement, type Transaction } from './transaction.js';

export interface DatabaseOptions {
  /** postgres:// URL; a unix socket as `?host=/folder`. */
  readonly url: string;
  readonly entities?: readonly (new (...args: never[]) => object)[];
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** Connections at most; default 10. Idle ones are given back after 10 s. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** Default `migrations`. */
  readonly migrationsTableName?: string;
}

/** How often a transaction that met a deadlock or serialisation failure is run in all. */
const maxTries = 5;
const idleMs = 10_000;
const connectMs = 10_000;
/** Statements return what a row was before they changed it. */
const leastVersion = 18;

/** Postgres by TypeORM's pool: raw statements for the data path, its repositories for what is read and written by the row. */
export class TypeOrmDatabase extends Database {
  private constructor(
    readonly dataSource: DataSource,
    private readonly pool: Pool,
  ) {
    super();
  }

  /** Connects and brings the schema up to date. Throws `Transient` when the database is away. */
  static async open(options: DatabaseOptions): Promise<TypeOrmDatabase> {
    const dataSource = new DataSource({
      type: 'postgres',
      entities: [...(options.entities ?? [])],
      migrations: [...(options.migrations ?? [])],
      migrationsTableName: options.migrationsTableName ?? 'migrations',
      synchronize: false,
      logging: false,
      poolSize: options.poolSize ?? 10,
      connectTimeoutMS: connectMs,
      applicationName: options.applicationName ?? 'perennial',
      // The pool drops a client that breaks while idle; whoever needs one next gets a new one.
      poolErrorHandler: () => undefined,
      // By pg's own parser, which knows unix sockets.
      extra: { connectionString: options.url, idleTimeoutMillis: idleMs, keepAlive: true, pipeline: true, Client: WatchedClient },
    });
    try {
      await dataSource.initialize();
      try {
        requireVersion((dataSource.driver as PostgresDriver).version);
        await migrate(dataSource, options.url);
      } catch (error) {
        await dataSource.destroy();
        throw error;
      }
    } catch (error) {
      throw classified(error);
    }
    return new TypeOrmDatabase(dataSource, (dataSource.driver as PostgresDriver).master as Pool);
  }

  /** The pool as it is now. */
  get connections(): { readonly idle: number; readonly used: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    // Whoever waits while an idle one is there is served in this same turn.
    return { idle: idleCount, used: totalCount - idleCount, waiting: Math.max(0, waitingCount - idleCount) };
  }

  async query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]> {
    try {
      const client = await this.pool.connect();
      try {
        return await run<Row>(client, statement);
      } finally {
        client.release();
      }
    } catch (error) {
      throw classified(error);
    }
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (!isConflict(error) || attempt === maxTries) throw classified(error);
      }
      // Full jitter, so that the two sides of a deadlock do not meet again.
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }

  /** Waits for connections in use, then closes all. */
  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** BEGIN travels with the first statement, and what `work` sends without waiting goes out together: a round trip costs more than most statements. */
  private async once<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const tx = new OpenTransaction(client);
    let lost: Error | undefined;
    const onLost = (error: Error): void => void (lost ??= error);
    client.on('error', onLost);
    let broken = false;
    let result: T;
    try {
      tx.begin();
      result = await work(tx);
      await tx.end();
      await commit(client);
    } catch (error) {
      await tx.end().catch(() => undefined);
      broken = lost !== undefined || !(await rolledBack(client));
      // Between two statements only the connection itself tells that it broke.
      throw lost ?? (isAborted(error) ? tx.failure : null) ?? error;
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
    for (const effect of tx.effects) effect();
    return result;
  }
}

/** COMMIT answers ROLLBACK where a statement failed whose error the work swallowed. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and its error was not passed on: nothing was committed');
}

/** False: the connection cannot be used again, a transaction left open would leak into the next user's. */
async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

/**
 * A client with a listener for `error` from its first moment on: the pool takes its own away before a holder can
 * put one, and a server that ends right then would end this process. Whoever holds the client learns of it from
 * the statement in hand.
 */
class WatchedClient extends pg.Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    this.writeOnceATurn();
  }

  /** Statements sent without waiting for one another leave in one write: on loopback the call costs more than its bytes. */
  private writeOnceATurn(): void {
    const send: typeof this.query = this.query.bind(this);
    this.query = ((...statement: Parameters<typeof send>) => {
      const { stream } = (this as unknown as { connection: { stream: Writable } }).connection;
      stream.cork();
      process.nextTick(() => stream.uncork());
      return send(...statement);
    }) as typeof this.query;
  }
}

class OpenTransaction implements Transaction {
  readonly effects: (() => void)[] = [];
  /** The first error on the connection: those behind it in the pipeline only say that the transaction is aborted. */
  failure: unknown = null;
  private begun: Promise<unknown> = Promise.resolve();
  private isOver = false;

  constructor(private readonly client: PoolClient) {}

  begin(): void {
    this.begun = this.client.query(beginTransaction);
    // Every statement waits for it below; until then a rejection must not end the process.
    this.begun.catch(() => undefined);
  }

  /** Takes no more statements: one sent behind the end would be on its own, or in somebody else's transaction. Throws when BEGIN failed. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.begun;
  }

  async query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]> {
    if (this.isOver) throw new Error('the transaction is over: wait for every statement before the work ends');
    try {
      const [, rows] = await Promise.all([this.begun, run<Row>(this.client, statement)]);
      return rows;
    } catch (error) {
      this.failure ??= classified(error);
      throw classified(error);
    }
  }

  afterCommit(effect: () => void): void {
    this.effects.push(effect);
  }
}

function requireVersion(version = ''): void {
  if (Number.parseInt(version, 10) < leastVersion) throw new Fatal(`PostgreSQL ${leastVersion} or newer is needed, this is ${version}`);
}

/** SQLSTATE of every statement behind the one that failed. */
const isAborted = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '25P02';

async function run<Row>(client: PoolClient, statement: Statement | string): Promise<Row[]> {
  if (typeof statement === 'string') return (await client.query(statement)).rows as Row[];
  const { name, text, values } = statement;
  const result = await client.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) });
  return result.rows as Row[];
}
