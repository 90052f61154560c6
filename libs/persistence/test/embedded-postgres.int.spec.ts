import { jest } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js';
import { isAlive } from '../src/embedded/process-identity.js';
import { Fatal } from '../src/errors.js';
import { TypeOrmDatabase } from '../src/type-orm-database.js';

const typescript = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const script = fileURLToPath(new URL('./start-embedded.ts', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  readonly postgres: number;
  readonly url: string;
}

async function startInChild(dataDir: string, ...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', typescript, script, dataDir, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  return { child, ...(JSON.parse(line) as { postgres: number; url: string }) };
}

/** kill -9, as seen by whoever starts the next one: the process is gone, its server perhaps not yet. */
async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('did not happen');
}

const databases = [{ name: 'one', password: 'secret' }];

// Clusters are made from nothing, on machines that do other things too.
jest.setTimeout(60_000);

describe('EmbeddedPostgres', () => {
  let root: string;
  let dataDir: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'perennial-embedded-'));
    // Made by the root user of a container: PostgreSQL's own user must pass.
    rmSync(root, { recursive: true });
    mkdirSync(root, { mode: 0o755 });
    dataDir = join(root, 'data');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('starts durable, stops, and starts again on its data', async () => {
    const first = await EmbeddedPostgres.start({ dataDir, databases });
    const database = await TypeOrmDatabase.open({ url: first.urlOf('one', 'secret') });
    expect(await database.query(`SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') ORDER BY name`)).toEqual([
      { name: 'fsync', setting: 'on' }, { name: 'full_page_writes', setting: 'on' }, { name: 'listen_addresses', setting: '' }, { name: 'synchronous_commit', setting: 'on' },
    ]);
    await database.query('CREATE TABLE item AS SELECT 1 AS id');
    await database.close();
    await first.stop();
    expect(isAlive(first.pid())).toBe(false);
    const second = await EmbeddedPostgres.start({ dataDir, databases: [{ name: 'one', password: 'changed' }] });
    const again = await TypeOrmDatabase.open({ url: second.urlOf('one', 'changed') });
    expect(await again.query('SELECT id FROM item')).toEqual([{ id: 1 }]);
    await again.close();
    await second.stop();
  });

  it('ends with a Node that is killed, and keeps what was committed', async () => {
    const { child, postgres, url } = await startInChild(dataDir);
    const database = await TypeOrmDatabase.open({ url });
    await database.query('CREATE TABLE item AS SELECT 1 AS id');
    await database.close();
    await killed(child);
    // At once, while the watchdog still stops the old server.
    const second = await EmbeddedPostgres.start({ dataDir });
    expect(isAlive(postgres)).toBe(false);
    const again = await TypeOrmDatabase.open({ url: second.urlOf('one', 'secret') });
    expect(await again.query('SELECT id FROM item')).toEqual([{ id: 1 }]);
    await again.close();
    await second.stop();
  });

  it('leaves no server and no folder of a throwaway cluster behind a killed Node', async () => {
    const { child, postgres } = await startInChild(dataDir, 'throwaway');
    await killed(child);
    await until(() => !isAlive(postgres) && !existsSync(join(dataDir, 'pgdata')));
  });

  it('takes over a server that lost its watchdog too', async () => {
    const { child, postgres } = await startInChild(dataDir);
    const watchdog = Number(execFileSync('pgrep', ['-f', `perennial-watchdog ${postgres}`], { encoding: 'utf8' }));
    process.kill(watchdog, 'SIGKILL');
    await killed(child);
    expect(isAlive(postgres)).toBe(true);
    const second = await EmbeddedPostgres.start({ dataDir });
    expect(isAlive(postgres)).toBe(false);
    await second.stop();
  });

  it('refuses a folder that a living process uses, and names it', async () => {
    const { child } = await startInChild(dataDir);
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow(`is in use by process ${child.pid}: stop it or choose another --data-dir`);
    await killed(child);
    await (await EmbeddedPostgres.start({ dataDir })).stop();
  });

  it('comes back after a crash of the server', async () => {
    const postgres = await EmbeddedPostgres.start({ dataDir, databases });
    const crashed = postgres.pid();
    process.kill(crashed, 'SIGKILL');
    await until(() => postgres.pid() !== crashed);
    const database = await TypeOrmDatabase.open({ url: postgres.urlOf('one', 'secret') });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    await postgres.stop();
  });

  it('comes back when a session of the crashed server is slow to go, and others fill the log meanwhile', async () => {
    const onFailure = jest.fn<(error: Error) => void>();
    const postgres = await EmbeddedPostgres.start({ dataDir, databases, onFailure });
    const client = new pg.Client({ connectionString: postgres.urlOf('one', 'secret') });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const session = rows[0]!.pid;
    const crashed = postgres.pid();
    const orphans = setInterval(() => appendFileSync(join(dataDir, 'postgres.log'), `[${session}] FATAL:  terminating connection due to unexpected postmaster exit\n`.repeat(5)), 1);
    try {
      process.kill(session, 'SIGSTOP');
      process.kill(crashed, 'SIGKILL');
      // The memory of the old server cannot go before its session does.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      process.kill(session, 'SIGCONT');
      await until(() => postgres.pid() !== crashed);
    } finally {
      clearInterval(orphans);
    }
    expect(onFailure).not.toHaveBeenCalled();
    await postgres.stop();
  });

  it('makes an interrupted first start anew', async () => {
    mkdirSync(join(dataDir, 'pgdata'), { recursive: true });
    writeFileSync(join(dataDir, 'cluster.json'), JSON.stringify({ layout: 1, postgres: 18, state: 'creating' }));
    writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), '18');
    const postgres = await EmbeddedPostgres.start({ dataDir, databases });
    await postgres.stop();
    expect(JSON.parse(readFileSync(join(dataDir, 'cluster.json'), 'utf8'))).toMatchObject({ state: 'complete' });
  });

  it('touches no folder that it did not make', async () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toBeInstanceOf(Fatal);
    expect(readFileSync(join(dataDir, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it.each([
    ['layout', { layout: 2, postgres: 18, state: 'complete' }],
    ['PostgreSQL', { layout: 1, postgres: 19, state: 'complete' }],
  ])('refuses a folder of a newer %s', async (_what, marker) => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'cluster.json'), JSON.stringify(marker));
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow('was written by a newer version');
  });

  it('finds a short place for the socket of a long path', async () => {
    const long = join(root, 'x'.repeat(80), 'y'.repeat(40));
    const postgres = await EmbeddedPostgres.start({ dataDir: long, databases });
    const database = await TypeOrmDatabase.open({ url: postgres.urlOf('one', 'secret') });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    await postgres.stop();
  });
});
