import { Transient } from '../src/errors.js';
import { isInsideTransaction, type Transaction } from '../src/transaction.js';
import { TypeOrmDatabase } from '../src/type-orm-database.js';
import { jest } from '@jest/globals';
import { OwnPostgres, testDatabase, testPostgres, type TestDatabase } from '@perennial/testing/postgres';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

class CreateThing1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Slow, so that a second replica surely comes in the middle.
    await runner.query('SELECT pg_sleep(0.2)');
    await runner.query('CREATE TABLE thing (id int PRIMARY KEY)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE thing');
  }
}

const insert = (id: number, note: string) => ({ name: 'insert-item', text: 'INSERT INTO item VALUES ($1, $2)', values: [id, note] });
const notes = async (database: TypeOrmDatabase): Promise<string[]> =>
  (await database.query<{ note: string }>('SELECT note FROM item ORDER BY id')).map(({ note }) => note);

// Clusters are made from nothing, on machines that do other things too.
jest.setTimeout(60_000);

describe('TypeOrmDatabase', () => {
  let test: TestDatabase;
  let database: TypeOrmDatabase;
  beforeAll(async () => {
    test = await testDatabase();
    database = test.database;
    await database.query('CREATE TABLE item (id int PRIMARY KEY, note text)');
  });
  afterAll(() => test.dispose());
  beforeEach(() => database.query('TRUNCATE item'));

  it('commits, and runs effects after the commit', async () => {
    const seen: unknown[] = [];
    await database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('effect'));
      await tx.query(insert(1, 'a'));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['effect']);
    expect(await notes(database)).toEqual(['a']);
  });

  it('rolls back what a throw interrupts, and runs no effects', async () => {
    const seen: unknown[] = [];
    const work = database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('effect'));
      await tx.query(insert(1, 'a'));
      await tx.query(`INSERT INTO item VALUES (2, 'b')`);
      expect(await tx.query('SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }]);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await notes(database)).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('runs statements that are sent without waiting in their order, and none of them outside of the transaction', async () => {
    const rows = await database.transaction(async (tx) => {
      const sent = [tx.query(insert(1, 'a')), tx.query(`UPDATE item SET note = note || 'b'`), tx.query<{ note: string }>('SELECT note FROM item')] as const;
      return (await Promise.all(sent))[2];
    });
    expect(rows).toEqual([{ note: 'ab' }]);
    const failed = database.transaction((tx) => Promise.all([tx.query(insert(2, 'c')), tx.query(insert(1, 'again')), tx.query(insert(3, 'd'))]));
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    expect(await notes(database)).toEqual(['ab']);
  });

  it('takes no statement of a branch that goes on after another one failed', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const failed = database.transaction((tx) => {
      const slow = async (): Promise<void> => {
        await tx.query('SELECT pg_sleep(0.05)');
        await tx.query(insert(1, 'outside'));
      };
      late = slow();
      late.catch(() => undefined);
      return Promise.reject(new Error('no'));
    });
    await expect(failed).rejects.toThrow('no');
    await expect(late).rejects.toThrow('the transaction is over');
    expect(await notes(database)).toEqual([]);
  });

  it('tells the first error of statements sent together, whoever waits for it', async () => {
    const deep = async (tx: Transaction): Promise<void> => {
      await (async () => void (await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$`)))();
    };
    const failed = database.transaction((tx) => Promise.all([deep(tx), tx.query('SELECT 1'), tx.query('SELECT 2')]));
    await expect(failed).rejects.toBeInstanceOf(Transient);
  });

  it('marks what runs inside of a transaction', async () => {
    expect(await database.transaction((tx) => tx.query(`SELECT ${isInsideTransaction} AS inside`))).toEqual([{ inside: true }]);
    expect(await database.query(`SELECT ${isInsideTransaction} AS inside`)).toEqual([{ inside: false }]);
  });

  it('refuses to call committed what a swallowed error undid', async () => {
    const swallowed = database.transaction(async (tx) => {
      await tx.query(insert(1, 'a'));
      await tx.query(insert(1, 'twice')).catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('nothing was committed');
    expect(await notes(database)).toEqual([]);
  });

  it('leaves errors that will not pass as they are', async () => {
    await database.query(insert(1, 'a'));
    await expect(database.query(insert(1, 'a'))).rejects.toMatchObject({ code: '23505' });
    await expect(database.transaction((tx) => tx.query(insert(1, 'a')))).rejects.toMatchObject({ code: '23505' });
  });

  it('runs the whole work again after a deadlock, and its effects once', async () => {
    await database.query(`INSERT INTO item VALUES (1, ''), (2, '')`);
    let runs = 0;
    let effects = 0;
    let arrived = 0;
    const bothHoldOne = Promise.withResolvers<void>();
    const touch = (first: number, second: number) =>
      database.transaction(async (tx) => {
        runs++;
        tx.afterCommit(() => effects++);
        await tx.query({ text: `UPDATE item SET note = note || 'x' WHERE id = $1`, values: [first] });
        if (++arrived === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await tx.query({ text: `UPDATE item SET note = note || 'x' WHERE id = $1`, values: [second] });
      });
    await Promise.all([touch(1, 2), touch(2, 1)]);
    expect(await notes(database)).toEqual(['xx', 'xx']);
    expect(runs).toBe(3);
    expect(effects).toBe(2);
  });

  it('gives up after a bounded number of conflicts', async () => {
    let runs = 0;
    const conflict = (tx: Transaction) => {
      runs++;
      return tx.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$`);
    };
    await expect(database.transaction(conflict)).rejects.toBeInstanceOf(Transient);
    expect(runs).toBe(5);
  });

  it('turns a connection cut in the middle of a transaction into Transient, and the pool recovers', async () => {
    const cut = database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.query({ text: 'SELECT pg_terminate_backend($1, 1000)', values: [row?.pid] });
      await tx.query(insert(1, 'a'));
    });
    await expect(cut).rejects.toBeInstanceOf(Transient);
    const cutBeforeCommit = database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.query({ text: 'SELECT pg_terminate_backend($1, 1000)', values: [row?.pid] });
      await database.query('SELECT pg_sleep(0.05)');
    });
    await expect(cutBeforeCommit).rejects.toBeInstanceOf(Transient);
    await database.transaction((tx) => tx.query(insert(2, 'b')));
    expect(await notes(database)).toEqual(['b']);
  });

  it('outlives a cut of a connection in nobody\'s hands, made before or after it was opened', async () => {
    const postgres = await testPostgres();
    const { database: own, dispose } = await postgres.database({ poolSize: 3 });
    const pool = (own.dataSource.driver as PostgresDriver).master as pg.Pool;
    const clients = [await pool.connect(), await pool.connect()];
    for (const client of clients) {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await own.query({ text: 'SELECT pg_terminate_backend($1, 1000)', values: [rows[0]?.pid] });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const client of clients) {
      await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|not queryable|closed/i);
      client.release(true);
    }
    expect(await own.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await dispose();
  });

  it('never hands on a connection with an open transaction', async () => {
    for (let i = 0; i < 20; i++) {
      await database.transaction(() => Promise.reject(new Error('no'))).catch(() => undefined);
      expect(await database.query('SELECT pg_current_xact_id_if_assigned() AS id')).toEqual([{ id: null }]);
    }
    const [row] = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = current_user AND state LIKE 'idle in%'`);
    expect(row?.n).toBe(0);
  });

  it('throws Transient where nothing listens', async () => {
    await expect(TypeOrmDatabase.open({ url: 'postgres://a:b@127.0.0.1:1/a' })).rejects.toBeInstanceOf(Transient);
    await expect(TypeOrmDatabase.open({ url: 'postgres://a:b@localhost/a?host=/nowhere' })).rejects.toBeInstanceOf(Transient);
  });

  it('migrates once when replicas start together', async () => {
    const postgres = await testPostgres();
    const url = await postgres.emptyDatabase();
    const replicas = await Promise.all([1, 2, 3].map(() => TypeOrmDatabase.open({ url, migrations: [CreateThing1700000000001], poolSize: 1 })));
    expect(await replicas[0]?.query('SELECT name FROM migrations')).toEqual([{ name: 'CreateThing1700000000001' }]);
    await Promise.all(replicas.map((replica) => replica.close()));
    await postgres.drop(url);
  });
});

describe('one role per service', () => {
  it('lets a role connect to its own database only', async () => {
    const postgres = await testPostgres();
    const [mine, other] = [await postgres.emptyDatabase(), await postgres.emptyDatabase()];
    for (const database of [new URL(other).pathname, '/postgres', '/template1']) {
      const url = new URL(mine);
      url.pathname = database;
      await expect(new pg.Client({ connectionString: url.href }).connect()).rejects.toMatchObject({ code: '42501' });
    }
    const wrong = new URL(mine);
    wrong.password = 'guess';
    await expect(new pg.Client({ connectionString: wrong.href }).connect()).rejects.toMatchObject({ code: '28P01' });
    await Promise.all([postgres.drop(mine), postgres.drop(other)]);
  });
});

describe('a server that crashes', () => {
  it('keeps every acknowledged commit over kill -9, and the pool finds it again', async () => {
    await using postgres = await OwnPostgres.start({ fsync: 'on', full_page_writes: 'on' });
    const { database, dispose } = await postgres.database();
    await database.query('CREATE TABLE item (id int PRIMARY KEY, note text)');
    const acknowledged: number[] = [];
    let next = 0;
    let stop = false;
    const writer = async (): Promise<void> => {
      while (!stop) {
        const id = next++;
        try {
          await database.transaction((tx) => tx.query(insert(id, 'x')));
          acknowledged.push(id);
        } catch (error) {
          if (!(error instanceof Transient)) throw error;
        }
      }
    };
    const writers = [writer(), writer(), writer()];
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await postgres.kill();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = acknowledged.length;
    stop = true;
    await Promise.all(writers);
    const kept = new Set((await database.query<{ id: number }>('SELECT id FROM item')).map(({ id }) => id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    expect(before).toBeGreaterThan(20);
    await dispose();
  });
});
