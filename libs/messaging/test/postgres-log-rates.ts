import { OwnPostgres } from '@perennial/testing/postgres';
import type { OutgoingRecord } from '../src/event-log.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';

/** Prints append, read and wake-up figures of the log in Postgres. `node --import ../../testing/jest/register-typescript.mjs postgres-log-rates.ts` */
await using postgres = await OwnPostgres.start({ fsync: 'on', full_page_writes: 'on' });
const log = await PostgresEventLog.open({ url: await postgres.emptyDatabase() });
const spec = { partitions: 12, compacted: false, retentionMs: 604_800_000, compression: 'internal', maxRecordBytes: 1_048_576 } as const;
const value = Buffer.from(JSON.stringify({ text: 'x'.repeat(380) }));
const record = (i: number): OutgoingRecord => ({ key: `account-${i % 1000}`, value, headers: { ce_id: String(i), ce_type: 'perennial.signal.usage.v1', ce_source: '/bench', ce_specversion: '1.0' } });
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function rate(name: string, count: number, callers: number, perCall: number): Promise<void> {
  const topic = `rate-${name}`;
  await log.ensureTopics([{ ...spec, name: topic }]);
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += perCall;
      await log.append(topic, Array.from({ length: perCall }, (_, i) => record(from + i)));
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  print(`append, ${callers} callers of ${perCall}: ${Math.round((next / (performance.now() - start)) * 1000)} records/s`);
}

for (let round = 0; round < 2; round++) {
  await rate(`a${round}`, 1_000, 1, 1);
  await rate(`b${round}`, 40_000, 1, 500);
  await rate(`c${round}`, 20_000, 64, 1);
  await rate(`d${round}`, 50_000, 500, 1);
}

const start = performance.now();
let seen = 0;
const reading = await log.subscribe({
  group: 'read', topic: 'rate-d1', maxRecords: 2_000,
  onBatch: async ({ records }) => {
    seen += records.length;
    return records.at(-1)!.offset + 1n;
  },
});
while (seen < 50_000) await new Promise((resolve) => setTimeout(resolve, 5));
print(`consume: ${Math.round((seen / (performance.now() - start)) * 1000)} records/s`);
await reading.close();

await log.ensureTopics([{ ...spec, name: 'hop' }]);
const took: number[] = [];
const hop = await log.subscribe({
  group: 'hop', topic: 'hop',
  onBatch: async ({ records }) => {
    for (const { headers } of records) took.push(performance.now() - Number(headers['at']));
    return records.at(-1)!.offset + 1n;
  },
});
for (let i = 0; i < 300; i++) {
  await log.append('hop', [{ ...record(i), headers: { at: String(performance.now()) } }]);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
took.sort((a, b) => a - b);
print(`append to handler at about 90/s: p50 ${took[Math.floor(took.length / 2)]?.toFixed(1)} ms, p99 ${took[Math.floor(took.length * 0.99)]?.toFixed(1)} ms`);
await hop.close();

const idle = await Promise.all(Array.from({ length: 15 }, (_, i) => log.subscribe({ group: `idle-${i}`, topic: 'hop', onBatch: async ({ records }) => records.at(-1)!.offset + 1n })));
await new Promise((resolve) => setTimeout(resolve, 3_000));
const before = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, 20_000));
const { user, system } = process.cpuUsage(before);
print(`idle, ${idle.length} subscriptions: ${((user + system) / 200_000).toFixed(2)} % of a core in Node`);
await log.close();
