import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { both, type Cell, type CellContext } from '../cell.js';
import { KafkaSystem } from '../system/kafka-system.js';
import { services } from '../system/system.js';

const outageMs = 20_000;
const diskMb = 300;

/** The server and the processes of its connections. */
function familyOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((one) => parentOf(one) === pid);
  return [pid, ...children];
}

function parentOf(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return null;
  }
}

function signalAll(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // A connection that ended meanwhile.
    }
  }
}

/** Ends what the services have open, so that they need new connections. */
const cutConnections = ({ system }: CellContext): Promise<void> =>
  system.asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> 'chaos'`);

let disk = '';

export const databaseCells: readonly Cell[] = [
  {
    id: '5-database-restarted',
    logs: both,
    async run({ system, load, random }) {
      for (const share of [0.2, 0.6]) {
        await load.reaches(share + random.next() * 0.1);
        if (system instanceof KafkaSystem) await system.postgres.restart();
        else signalAll([system.postgresPid()], 'SIGINT');
        await sleep(1_000);
      }
    },
  },
  {
    id: '5-database-killed-in-commit',
    logs: both,
    async run({ system, load, random }) {
      for (const share of [0.15, 0.4, 0.7]) {
        await load.reaches(share);
        await sleep(random.between(0, 400));
        if (system instanceof KafkaSystem) await system.postgres.kill();
        else signalAll([system.postgresPid()], 'SIGKILL');
        await sleep(1_500);
      }
    },
  },
  {
    id: '5-database-away',
    logs: both,
    async run({ system, load, fail }) {
      await load.reaches(0.2);
      const retriesBefore = load.retries;
      if (system instanceof KafkaSystem) {
        await system.postgres.away();
        await sleep(outageMs);
        // The edge needs no database: on Kafka nobody is sent away meanwhile.
        const repeated = load.retries - retriesBefore;
        await system.postgres.back();
        if (repeated > 0) fail(`${repeated} calls had to be repeated while the database was away`);
        return;
      }
      const frozen = familyOf(system.postgresPid());
      signalAll(frozen, 'SIGSTOP');
      await sleep(outageMs);
      signalAll(frozen, 'SIGCONT');
    },
  },
  {
    id: '5-out-of-connections',
    logs: both,
    async run(context) {
      const { system, load, note, fail } = context;
      await load.reaches(0.2);
      let refused = 0;
      const held: pg.Client[] = [];
      try {
        for (const end = Date.now() + 12_000; Date.now() < end; ) {
          if (held.length % 20 === 0) await cutConnections(context);
          const more = await Promise.all(services.map((service) => system.connect(service).catch(() => null)));
          held.push(...more.filter((client) => client !== null));
          refused += more.length - more.filter((client) => client !== null).length;
          if (more.includes(null)) await sleep(1_000);
        }
        note(`${held.length} connections held, ${refused} refused`);
        if (refused === 0) fail('the server never ran out of connections');
      } finally {
        await Promise.all(held.map((client) => client.end().catch(() => undefined)));
      }
    },
  },
  {
    id: '5-deadlock',
    logs: both,
    seconds: 16,
    async run({ system, load, random, note, fail }) {
      await load.reaches(0.1);
      const deadlocks = async (): Promise<number> => Number((await system.rows<{ n: string }>('health-scoring', 'SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()'))[0]?.n);
      const before = await deadlocks();
      let lost = 0;
      for (const end = Date.now() + 12_000; Date.now() < end; ) {
        const rival = await system.connect('health-scoring');
        try {
          // Against the order in which the service locks.
          const ids = (await rival.query<{ id: string }>('SELECT account_id AS id FROM account_health ORDER BY account_id DESC')).rows.map(({ id }) => id);
          await rival.query('BEGIN');
          for (const id of ids) {
            await rival.query('SELECT 1 FROM account_health WHERE account_id = $1 FOR UPDATE', [id]);
            await sleep(random.between(20, 100));
          }
          await rival.query('COMMIT');
        } catch (error) {
          if ((error as { code?: string }).code === '40P01') lost++;
        } finally {
          await rival.end().catch(() => undefined);
        }
      }
      const all = (await deadlocks()) - before;
      note(`${all} deadlocks, ${lost} of them lost by the rival`);
      if (all === 0) fail('there was no deadlock');
    },
  },
  {
    id: '5-read-only',
    logs: both,
    async run(context) {
      const { system, load, note, fail } = context;
      await load.reaches(0.2);
      const names = services.map((service) => `"${decodeURIComponent(new URL(system.databaseUrl(service)).pathname.slice(1))}"`);
      const all = async (setting: string): Promise<void> => {
        for (const name of names) await system.asAdmin(`ALTER DATABASE ${name} ${setting}`);
        await cutConnections(context);
      };
      await all('SET default_transaction_read_only = on');
      await sleep(12_000);
      await all('RESET default_transaction_read_only');
      const refused = [...system.processes.values()].map((one) => [one.name, one.linesLike(/read-only transaction/).length] as const).filter(([, lines]) => lines > 0);
      note(`met a read-only database: ${refused.map(([name, lines]) => `${name} ${lines} times`).join(', ') || 'nobody'}`);
      // What signals set off reaches all but the gateway; ingestion and scoring have each of them to store.
      const missing = new Set((['signal-ingestion', 'health-scoring'] as const).map((service) => system.processOf(service).name).filter((name) => !refused.some(([met]) => met === name)));
      if (missing.size > 0) fail(`no write was refused to ${[...missing].join(', ')}`);
    },
  },
  {
    id: '5-disk-full',
    logs: both,
    needsRoot: true,
    system: async () => {
      disk = mkdtempSync(join(tmpdir(), 'chaos-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m,mode=711`, 'tmpfs', disk]);
      const folder = disk;
      return {
        databasesIn: folder,
        cleanUp: () => {
          execFileSync('umount', ['-l', folder]);
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
    async run({ system, load, random, note, fail }) {
      await load.reaches(random.between(10, 30) / 100);
      const ballast = join(disk, 'ballast');
      const fill = (): void => {
        const { bavail, bsize } = statfsSync(disk);
        try {
          if (bavail > 0) writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flag: 'a' });
        } catch {
          // Full is what it is meant to be.
        }
      };
      for (const end = Date.now() + 12_000; Date.now() < end; await sleep(300)) fill();
      rmSync(ballast);
      await sleep(3_000);
      const met = [...system.processes.values()].flatMap((one) => one.linesLike(/no space left|PostgreSQL is gone/i));
      if (met.length === 0) fail('nothing met the full disk');
      const gone = [...system.processes.values()].filter((one) => one.linesLike(/PostgreSQL is gone/).length > 0);
      // What its line says is to be done by people.
      for (const one of gone) {
        note(`${one.name} asked to be started again`);
        await one.terminate();
        await system.start(one.name);
      }
    },
  },
];
