import type { Database, Sql, Statement } from '@perennial/persistence/transaction';
import { classified } from '@perennial/persistence/is-transient';
import type { PoolClient } from 'pg';
import { Transient } from './errors.js';

/** Advisory locks are per database, so one key serves every service. */
const relayLock = 7_263_541_191;
const channel = 'perennial_outbox';

/**
 * The connection of a relay: it holds the advisory lock, runs the relay's statements and listens for
 * replicas. Losing it loses the lock, so nothing may be deleted on another one.
 */
export class RelaySession implements Sql {
  private lost = false;

  private constructor(
    private readonly client: PoolClient,
    private readonly release: () => Promise<void>,
  ) {}

  static async open(database: Database): Promise<RelaySession> {
    const runner = database.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const session = new RelaySession(client, () => runner.release());
      const onLost = (): void => void (session.lost = true);
      client.on('error', onLost);
      client.on('end', onLost);
      return session;
    } catch (error) {
      throw classified(error);
    }
  }

  /** True when this session is now the one relay of the database. */
  async takeLock(): Promise<boolean> {
    const [row] = await this.query<{ taken: boolean }>({ text: 'SELECT pg_try_advisory_lock($1) AS taken', values: [relayLock] });
    return row?.taken ?? false;
  }

  async listen(onNotify: () => void): Promise<void> {
    this.client.on('notification', onNotify);
    await this.query(`LISTEN ${channel}`);
  }

  async notify(): Promise<void> {
    await this.query(`NOTIFY ${channel}`);
  }

  async query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]> {
    if (this.lost) throw new Transient('the relay lost its connection');
    const config = typeof statement === 'string' ? { text: statement } : { ...statement, values: [...(statement.values ?? [])] };
    try {
      return (await this.client.query(config as { text: string; values?: unknown[] })).rows as Row[];
    } catch (error) {
      throw classified(error);
    }
  }

  /** Gives the connection back to the pool without lock and subscription. */
  async close(): Promise<void> {
    try {
      if (!this.lost) {
        this.client.removeAllListeners('notification');
        await this.client.query('UNLISTEN *');
        await this.client.query('SELECT pg_advisory_unlock_all()');
      }
    } catch {
      // The pool throws the broken connection away, and the lock went with it.
    }
    await this.release();
  }
}
