import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Ledger } from '@perennial/testing/ledger';
import { testPostgres, type TestDatabase } from '@perennial/testing/postgres';
import { topicSpec } from '../src/event-log.js';
import type { KillPoint } from '../src/kill-point.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';
import { eventually } from './collected.js';
import { counted, effects, messagingDatabase, testTopics, totals, type TestTopics } from './test-service.js';

const loader = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

describe('kill -9 at a named point', () => {
  let db: TestDatabase;
  let logUrl: string;
  let log: PostgresEventLog;
  let topics: TestTopics;
  let unique: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    db = await messagingDatabase();
    logUrl = await (await testPostgres()).emptyDatabase();
    log = await PostgresEventLog.open({ url: logUrl });
    unique = Math.random().toString(36).slice(2, 8);
    topics = testTopics(unique);
    await log.ensureTopics([topicSpec(topics.counted, 3)]);
  });
  afterEach(async () => {
    for (const one of running.splice(0)) if (one.exitCode === null && one.signalCode === null) one.kill('SIGKILL');
    await log.close();
    await db.dispose();
    await (await testPostgres()).drop(logUrl);
  });

  const start = (env: Record<string, string>): ChildProcess => {
    const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', loader, child], {
      env: { PATH: process.env['PATH'], PERENNIAL_TEST: '1', DATABASE_URL: db.url, LOG_URL: logUrl, TOPICS: unique, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(process_);
    return process_;
  };
  const count = async (table: string): Promise<number> => Number((await db.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]!.n);

  it.each([
    ['consumer.before-handler', {}],
    ['consumer.after-handler:2', {}],
    ['outbox.after-publish:2', {}],
    ['consumer.after-dead-letter', {}],
    ['consumer.before-commit:2', {}],
    ['consumer.before-hint:2', {}],
    ['relay.before-send', {}],
    ['relay.after-send:2', {}],
    ['dead-letters.after-replay', { REPLAY: '1', MENDED: '1' }],
  ] as [`${KillPoint}` | `${KillPoint}:${number}`, Record<string, string>][])('%s: nothing is lost, nothing is doubled', async (point, env) => {
    const ledger = new Ledger();
    const append = async (version: number): Promise<void> => {
      const records = [...Array.from({ length: 20 }, (_, i) => counted(topics.counted, `a${i}`, version)), counted(topics.counted, `bad${version}`, 1)];
      await log.append(topics.counted.name, records);
      for (const { key } of records) ledger.accept(key!.startsWith('bad') ? `${key}/1` : `${key}/${version}`, key!);
    };
    for (let version = 1; version <= 3; version++) await append(version);
    if (env['REPLAY'] !== undefined) {
      const before = start({});
      await eventually(async () => (await count('effect')) === 60, () => 'effects are missing');
      before.kill('SIGTERM');
      await once(before, 'exit');
    }

    const victim = start({ PERENNIAL_KILL_POINT: point, ...env });
    const killed = once(victim, 'exit');
    for (let version = 4; version <= 6; version++) await append(version);
    expect((await killed)[1]).toBe('SIGKILL');

    // The next one mends the poison and replays what lies in the dead letters.
    const next = start({ MENDED: '1' });
    // All effects may be there before it is: it can end in order only once it has started.
    await once(next.stdout!, 'data');
    await eventually(async () => (await count('effect')) + (await count(`messaging_dead_letter WHERE state = 'dead'`)) >= 126, () => 'effects are missing');
    next.kill('SIGTERM');
    expect((await once(next, 'exit'))[0]).toBe(0);
    const last = start({ MENDED: '1', REPLAY: '1' });
    await eventually(async () => (await count('effect')) >= 126 && (await count('messaging_outbox')) === 0, () => 'the replay has no effect');
    last.kill('SIGTERM');
    await once(last, 'exit');

    ledger.verify(await effects(db.database));
    expect(await totals(db.database)).toMatchObject({ a0: 6, a19: 6, bad1: 1, bad6: 1 });
    const published = (await Promise.all([0, 1, 2].map((partition) => log.read(topics.totals.name, partition, 0n, 10_000)))).flat();
    const newest = new Map(published.map(({ key, value }) => [key, (JSON.parse(String(value)) as { total: number }).total]));
    expect(newest.get('a0')).toBe(6);
    expect(newest.size).toBe(26);
  }, 120_000);
});
