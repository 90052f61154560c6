import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { Fatal } from '../errors.js';
import type { Binaries } from './binaries.js';
import { serverEnvironment } from './server-process.js';
import type { ServerUser } from './server-user.js';
import { initdbFlags } from './settings.js';

const run = promisify(execFile);

export const superuser = 'perennial';

/**
 * Makes a cluster in the empty folder `pgdata` and switches syncing off in it until `harden`: a first
 * start that is interrupted is made anew anyway.
 */
export async function createCluster(binaries: Binaries, pgdata: string, password: string, user: ServerUser | null): Promise<void> {
  const credentials = user === null ? {} : { uid: user.uid, gid: user.gid };
  const passwordFile = `${pgdata}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) chownSync(passwordFile, user.uid, user.gid);
  try {
    await run(binaries.initdb, [...initdbFlags, `--pgdata=${pgdata}`, `--username=${superuser}`, `--pwfile=${passwordFile}`], { ...credentials, cwd: pgdata, env: serverEnvironment() });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Fatal(`initdb failed in ${pgdata}: ${(stderr ?? '').trim() || message}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  // In the file that ALTER SYSTEM edits: a setting given on the command line could not be taken back.
  appendFileSync(join(pgdata, 'postgresql.auto.conf'), 'fsync = off\n');
}

/** Switches syncing on and brings everything written so far to the disk. After it the cluster is as safe as any. */
export async function harden(client: pg.Client, binaries: Binaries, pgdata: string, user: ServerUser | null): Promise<void> {
  await client.query('ALTER SYSTEM RESET ALL');
  await client.query('SELECT pg_reload_conf()');
  for (let tries = 0; (await client.query<{ fsync: string }>('SHOW fsync')).rows[0]?.fsync !== 'on'; tries++) {
    if (tries === 1000) throw new Fatal('PostgreSQL did not switch fsync on after its first start');
    await sleep(5);
  }
  await client.query('CHECKPOINT');
  const credentials = user === null ? {} : { uid: user.uid, gid: user.gid };
  const method = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  await run(binaries.initdb, ['--sync-only', ...method, `--pgdata=${pgdata}`], { ...credentials, cwd: pgdata, env: serverEnvironment() });
}
