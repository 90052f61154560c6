import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import { both, type Cell } from '../cell.js';
import { replicaOf } from '../faults/replica.js';
import { TcpProxy, throughProxy } from '../faults/tcp-proxy.js';
import type { ServiceProcess } from '../system/service-process.js';

/** What a stop may take, from SIGTERM to the end of the process. */
const drainMs = 10_000;
/** Membership of a consumer without a sign of life. */
const sessionMs = 12_000;
const rebuildMs = 120_000;
/** Name of the statement by which a chunk claims its place. */
const fence = 'messaging_fence';

/** The member that is frozen, and its way to the database. */
let replica: ServiceProcess;
let way: TcpProxy;

export const processCells: readonly Cell[] = [
  {
    id: '2-all-killed-at-once',
    logs: both,
    async run({ system, load, random }) {
      for (const share of [0.2, 0.6]) {
        await load.reaches(share);
        const pid = system.log === 'postgres' ? system.postgresPid() : null;
        for (const one of system.processes.values()) one.signal('SIGKILL');
        if (pid) process.kill(pid, 'SIGKILL');
        await Promise.all([...system.processes.values()].map((one) => one.kill()));
        await Promise.all(random.shuffled([...system.processes.keys()]).map(async (name, place) => {
          await sleep(place * random.between(0, 700));
          await system.start(name);
        }));
      }
    },
  },
  {
    id: '7-joins-and-leaves',
    logs: both,
    seconds: 50,
    async run({ system, random, note }) {
      const replica = await replicaOf(system, 'health-scoring');
      let joined = 0;
      for (const end = Date.now() + 60_000; Date.now() < end; joined++) {
        await replica.startUntilReady();
        await sleep(2_000);
        if (random.chance(0.5)) await replica.kill();
        else await replica.terminate();
        await sleep(2_000);
      }
      note(`a second scorer joined ${joined} times within a minute`);
    },
  },
  {
    id: '8-slower-than-the-session',
    logs: both,
    async run({ system, load, note, fail }) {
      await load.reaches(0.5);
      const holder = await system.connect('health-scoring');
      await holder.query('BEGIN');
      const { rowCount } = await holder.query('SELECT 1 FROM account_health ORDER BY account_id FOR UPDATE');
      if (rowCount === 0) fail('there was no account to lock');
      await sleep(sessionMs + 4_000);
      await holder.query('COMMIT');
      await holder.end();
      note(`chunks waited ${(sessionMs + 4_000) / 1000} s for ${rowCount} locked accounts`);
    },
  },
  {
    id: '8-frozen-member',
    logs: both,
    seconds: 30,
    async prepare({ system }) {
      way = await TcpProxy.start();
      replica = await replicaOf(system, 'health-scoring', { DATABASE_URL: throughProxy(system.databaseUrl('health-scoring'), way) });
      await replica.startUntilReady();
    },
    async run({ load, random, note, fail }) {
      try {
        await load.reaches(0.1);
        // What it is about to write is on its way while the others take over; then all of it arrives.
        let left = random.between(1, 10);
        const caught = new Promise<boolean>((resolve) => {
          way.onBytes = (chunk) => {
            if (!chunk.includes(fence) || !chunk.includes(signalsTopic.name) || --left !== 0) return;
            way.become('held');
            resolve(true);
          };
        });
        if (!(await Promise.race([caught, sleep(30_000, false)]))) fail('no chunk of the second scorer was caught on its way');
        await sleep(random.between(0, 1_500));
        replica.signal('SIGSTOP');
        // The session, and a rebalance with the members that are left.
        await sleep(sessionMs + 10_000);
        way.become('clear');
        replica.signal('SIGCONT');
        const metFence = (): number => replica.linesLike(/another consumer worked/).length;
        for (const end = Date.now() + 30_000; metFence() === 0 && Date.now() < end; ) await sleep(200);
        const met = metFence();
        if (met === 0) fail(`the one that came back met no fence: ${replica.tail()}`);
        note(`the one that came back met the fence ${met} times`);
      } finally {
        replica.signal('SIGCONT');
        await replica.terminate();
        await way.close();
      }
    },
  },
  {
    id: '19-sigterm-under-load',
    logs: both,
    seconds: 12,
    async run({ system, load, random, fail, note }) {
      for (const name of random.shuffled([...system.processes.keys()])) {
        await load.reaches(Math.min(0.8, load.progress + 0.05));
        const { ms, code } = await system.processes.get(name)!.terminate();
        note(`${name} drained in ${(ms / 1000).toFixed(1)} s`);
        if (code !== 0 || ms > drainMs) fail(`${name} ended with ${code ?? 'SIGKILL'} ${(ms / 1000).toFixed(1)} s after SIGTERM`);
        await system.start(name);
      }
    },
  },
  {
    id: '20-rebuild-under-load',
    logs: both,
    seconds: 20,
    async run({ system, load, random, fail, note }) {
      for (const [at, service] of random.shuffled(['health-scoring', 'renewal-forecasting', 'notifications']).entries()) {
        await load.reaches(0.2 + at * 0.2);
        const path = `/api/v1/pipeline/${service}/rebuild`;
        const [accepted, startedAt] = [load.accepted.size, Date.now()];
        // On a loaded machine the gateway may not wait for the answer: then it runs already, or is begun again.
        const begins = async (): Promise<boolean> => {
          const { status, body } = await system.call<{ code?: string }>('POST', path);
          return status === 202 || (status === 409 && body.code === 'rebuild_running');
        };
        const isOver = async (): Promise<boolean> => !(await system.must<{ running: boolean }>('GET', path)).running;
        for (const step of [begins, isOver]) {
          while (!(await step().catch(() => false))) {
            if (Date.now() > startedAt + rebuildMs) throw new Error(`the rebuild of ${service} does not end within ${rebuildMs / 1000} s`);
            await sleep(50);
          }
        }
        const meanwhile = load.accepted.size - accepted;
        note(`${service} was built anew in ${((Date.now() - startedAt) / 1000).toFixed(1)} s, while ${meanwhile} items were accepted`);
        if (meanwhile === 0) fail(`nothing came while ${service} was built anew`);
      }
    },
  },
];
