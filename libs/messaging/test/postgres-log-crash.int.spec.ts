import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OwnPostgres } from '@perennial/testing/postgres';
import type { LogRecord } from '../src/event-log.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';
import { Collector, eventually } from './collected.js';

const typescript = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const script = fileURLToPath(new URL('./append-forever.ts', import.meta.url));
const partitions = 4;
const topic = 'crash';

interface Appending {
  readonly child: ChildProcess;
  readonly acknowledged: string[];
  /** kill -9; resolves when everything it said has arrived. */
  kill(): Promise<void>;
}

async function startAppending(url: string, prefix: string): Promise<Appending> {
  const child = spawn(process.execPath, ['--import', typescript, script, url, topic, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (text += data));
  const acknowledged: string[] = [];
  await eventually(() => text.startsWith('ready\n') || child.exitCode !== null, () => 'the appender does not start');
  const kill = async (): Promise<void> => {
    expect(child.exitCode).toBeNull();
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    // A line cut off by the kill was not said.
    acknowledged.push(...text.split('\n').slice(1, -1));
  };
  return { child, acknowledged, kill };
}

async function readAll(log: PostgresEventLog): Promise<Map<number, LogRecord[]>> {
  const all = new Map<number, LogRecord[]>();
  for (let partition = 0; partition < partitions; partition++) {
    const records: LogRecord[] = [];
    for (let some = await log.read(topic, partition, 0n, 5_000); some.length > 0; some = await log.read(topic, partition, records.at(-1)!.offset + 1n, 5_000)) records.push(...some);
    all.set(partition, records);
  }
  return all;
}

describe('the log in Postgres under kill -9 of its appenders and of the database', () => {
  it('loses nothing acknowledged, doubles nothing, leaves no gap, and consumers skip nothing', async () => {
    await using postgres = await OwnPostgres.start({ fsync: 'on', full_page_writes: 'on' });
    const url = await postgres.emptyDatabase();
    const log = await PostgresEventLog.open({ url });
    await log.ensureTopics([{ name: topic, partitions, compacted: false, retentionMs: 86_400_000, compression: 'internal', maxRecordBytes: 1_048_576 }]);
    const consumer = await Collector.start(log, { group: 'g', topic });

    const appenders: Appending[] = [];
    for (let round = 0; round < 4; round++) {
      const appending = await startAppending(url, `round-${round}`);
      appenders.push(appending);
      await sleep(300);
      if (round % 2 === 1) {
        await postgres.kill();
        await sleep(300);
      }
      await appending.kill();
    }
    const acknowledged = appenders.flatMap((one) => one.acknowledged);
    // Appends of the last round that were under way when their process died are done or undone by now.
    await sleep(200);

    const stored = await readAll(log);
    const marks = await log.watermarks(topic);
    for (const { partition, low, high } of marks) {
      expect(low).toBe(0n);
      expect(stored.get(partition)!.map(({ offset }) => offset)).toEqual(Array.from({ length: Number(high) }, (_, i) => BigInt(i)));
    }
    const values = [...stored.values()].flat().map(({ value }) => String(value));
    const distinct = new Set(values);
    expect(values.length - distinct.size).toBe(0);
    expect(acknowledged.filter((value) => !distinct.has(value))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(1_000);
    for (const { acknowledged: one } of appenders) expect(one.length).toBeGreaterThan(50);

    const worked = (): number => [...consumer.worked.values()].reduce((sum, records) => sum + records.length, 0);
    await eventually(() => worked() >= values.length, () => `${worked()} of ${values.length} consumed`);
    for (const [partition, records] of consumer.worked) {
      expect(records.map(({ offset }) => offset)).toEqual(stored.get(partition)!.map(({ offset }) => offset));
    }
    await log.close();
  }, 90_000);
});
