import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { settle } from '../check/settle.js';
import { KafkaSystem, stopSharedPostgres } from '../system/kafka-system.js';
import { PostgresSystem } from '../system/postgres-system.js';
import type { ChaosSystem } from '../system/system.js';
import { PeakMemory } from './peak-memory.js';
import { writeUsage, type Expected } from './usage-file.js';

const usage = `npm run prove:import -- [--rows N] [--faulty N] [--log kafka|postgres] [--most-mib N]
  Imports a file of N rows (default 1,000,000; 1,000 of them faulty), kills the command and signal-ingestion at a third and at
  two thirds of it, goes on, and counts every effect. On the Postgres log the service is all of \`perennial up\`.`;
const cli = join(import.meta.dirname, '../../apps/cli/bin/perennial.js');

interface Job {
  readonly id: string;
  readonly state: string;
  readonly rows: { readonly read: number; readonly taken: number; readonly repeated: number; readonly rejected: number };
  readonly signals: number;
  readonly accounts: number;
}

process.exitCode = await main();
process.exit();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, faulty: { type: 'string', default: '1000' }, log: { type: 'string', default: 'kafka' }, 'most-mib': { type: 'string', default: '300' }, help: { type: 'boolean', default: false } } });
  if (values.help || (values.log !== 'kafka' && values.log !== 'postgres')) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'perennial-prove-import-'));
  const file = join(folder, 'usage.csv');
  const expected = await writeUsage(file, Number(values.rows), Number(values.faulty), new Date());
  const system: ChaosSystem = values.log === 'kafka' ? await KafkaSystem.start() : await PostgresSystem.start();
  try {
    const faults = await prove(system, file, folder, expected, Number(values['most-mib']));
    for (const fault of faults) console.log(`WRONG: ${fault}`);
    console.log(faults.length === 0 ? 'held' : `${faults.length} things are wrong`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await system.stop();
    await stopSharedPostgres();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prove(system: ChaosSystem, file: string, folder: string, expected: Expected, mostMib: number): Promise<string[]> {
  const memory = new PeakMemory();
  const service = system.processOf('signal-ingestion');
  const began = performance.now();
  const latest = async (): Promise<Job | null> => {
    const { body } = await system.call<{ data?: Job[] }>('GET', '/api/v1/imports?limit=1').catch((): { body: { data?: Job[] } } => ({ body: {} }));
    return body.data?.[0] ?? null;
  };
  for (const [turn, share] of [1 / 3, 2 / 3].entries()) {
    const command = runCommand(system, file, folder, turn > 0);
    for (let read = 0; read < expected.rows * share; await sleep(100)) {
      read = (await latest())?.rows.read ?? 0;
      memory.note('perennial import', command.pid ?? 0);
      memory.note(service.name, service.pid);
      if (command.exitCode !== null) throw new Error(`the command ended with ${command.exitCode} before it was killed`);
    }
    const gone = once(command, 'exit');
    command.kill('SIGKILL');
    await Promise.all([gone, service.kill()]);
    console.log(`killed the command and ${service.name} behind row ${Math.round(expected.rows * share)}`);
    await system.start(service.name);
  }
  const command = runCommand(system, file, folder, true);
  const watching = setInterval(() => {
    memory.note('perennial import', command.pid ?? 0);
    memory.note(service.name, service.pid);
  }, 100);
  await once(command, 'exit');
  clearInterval(watching);
  const seconds = Math.round((performance.now() - began) / 1000);
  const job = await latest();
  console.log(`${JSON.stringify(job?.rows)} in ${seconds} s; most memory: perennial import ${memory.of('perennial import')} MiB, ${service.name} ${memory.of(service.name)} MiB`);
  const rest = await settle(system, 1_800_000);
  console.log(`all effects in ${Math.round((performance.now() - began) / 1000)} s`);
  return [
    ...rest.restless,
    ...(await countFaults(system, job, expected)),
    ...errorFaults(join(folder, 'usage.csv.errors.csv'), expected),
    ...['perennial import', service.name].flatMap((name) => (memory.of(name) < mostMib ? [] : [`${name} took ${memory.of(name)} MiB, not less than ${mostMib}`])),
  ];
}

function runCommand(system: ChaosSystem, file: string, folder: string, resume: boolean): ChildProcess {
  return spawn(process.execPath, [cli, 'import', file, '--as', 'usage', '--url', system.url, '--api-key', system.credentials.apiKey, ...(resume ? ['--resume'] : [])], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Rows, stored messages and published signals, each once. */
async function countFaults(system: ChaosSystem, job: Job | null, { rows, faulty, byAccount }: Expected): Promise<string[]> {
  const good = rows - faulty.length;
  const faults: string[] = [];
  const same = (what: string, found: number | undefined, wanted: number) => {
    console.log(`${what}: ${found}`);
    if (found !== wanted) faults.push(`${what}: ${found}, not ${wanted}`);
  };
  if (job?.state !== 'done') faults.push(`the import is ${job?.state}`);
  same('rows read', job?.rows.read, rows);
  same('rows taken', job?.rows.taken, good);
  same('rows known already', job?.rows.repeated, 0);
  same('rows faulty', job?.rows.rejected, faulty.length);
  same('accounts', job?.accounts, byAccount.size);
  const stored = await system.rows<{ account_id: string; n: string }>('signal-ingestion', `SELECT account_id, count(*) AS n FROM message WHERE source_id = 'import' GROUP BY 1`);
  same('messages stored', stored.reduce((sum, { n }) => sum + Number(n), 0), good);
  faults.push(...stored.flatMap(({ account_id: id, n }) => (Number(n) === byAccount.get(id) ? [] : [`${id} has ${n} messages, not ${byAccount.get(id)}`])));
  const log = await system.openLog();
  const ids = new Set<string>();
  let published = 0;
  try {
    for (const { partition, low, high } of await log.watermarks('perennial.signals.v1')) {
      for (let at = low; at < high; ) {
        const records = await log.read('perennial.signals.v1', partition, at, 2_000);
        if (records.length === 0) break;
        for (const { headers, offset } of records) {
          at = offset + 1n;
          if (String(headers['ce_type']) !== 'perennial.signal.usage.v1') continue;
          published++;
          ids.add(String(headers['ce_id']));
        }
      }
    }
  } finally {
    await log.close();
  }
  console.log(`records of signals on the topic: ${published}`);
  same('signals published', ids.size, good);
  const [held] = await system.rows<{ n: string }>('signal-ingestion', `SELECT count(*) AS n FROM account WHERE doc ? 'importing'`);
  same('accounts not let go', Number(held?.n), 0);
  const [judged] = await system.rows<{ n: string }>('health-scoring', `SELECT count(*) AS n FROM portfolio WHERE verdict IS NOT NULL AND account_id LIKE 'bulk-%'`);
  same('accounts with a verdict', Number(judged?.n), byAccount.size);
  return faults;
}

function errorFaults(path: string, { faulty }: Expected): string[] {
  const told = readFileSync(path, 'utf8').trim().split('\n').slice(1).map((line) => Number(line.split(',', 1)[0]));
  console.log(`faulty rows told by number: ${told.length}`);
  return told.length === faulty.length && told.every((row, at) => row === faulty[at]) ? [] : [`the file of faulty rows names other rows: ${told.find((row, at) => row !== faulty[at])}`];
}
