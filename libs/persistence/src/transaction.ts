import type { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';

/** One SQL statement. `name` prepares it once per connection: give it to every statement of the data path. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface Sql {
  /** Rows of the statement; column names as in the statement. */
  query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]>;
}

/**
 * BEGIN travels with the first statement, which would commit by itself if BEGIN alone were cancelled. DEFERRABLE
 * changes nothing at READ COMMITTED; it is the mark by which a statement knows that it is inside.
 */
export const beginTransaction = 'BEGIN DEFERRABLE';
/** SQL: true only inside of `Database.transaction`. For a first statement that must never take effect alone. */
export const isInsideTransaction = `current_setting('transaction_deferrable')::boolean`;

/**
 * An open transaction on one connection. Statements sent without waiting for each other's rows run in the order
 * they were sent, in one round trip. All of them must be waited for before the work ends.
 */
export interface Transaction extends Sql {
  /** Runs `effect` after the commit, never after a rollback; it must not throw. */
  afterCommit(effect: () => void): void;
}

/** One service's own database: the Nest provider that stores and use cases ask for. */
export abstract class Database implements Sql {
  /** TypeORM's handle on the same pool, for migrations and CRUD repositories. */
  abstract readonly dataSource: DataSource;
  /** postgres:// address with its password, for a thread that connects by itself. */
  get url(): string {
    return ((this.dataSource.options as PostgresDataSourceOptions).extra as { readonly connectionString: string }).connectionString;
  }
  abstract query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]>;
  /**
   * Runs `work` at READ COMMITTED on one connection and commits. A deadlock or serialisation failure runs
   * it again, a few times; everything else rolls back and is thrown.
   */
  abstract transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}
