import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { Cell, CellContext } from '../cell.js';
import { settle } from '../check/settle.js';
import { accountOf } from '../load/plan.js';
import { KafkaSystem } from '../system/kafka-system.js';

const outageMs = 20_000;

export function kafkaOf({ system }: CellContext): KafkaSystem {
  if (!(system instanceof KafkaSystem)) throw new Error('this cell is for Kafka');
  return system;
}

export async function asKafkaAdmin(system: KafkaSystem, work: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new Kafka({ clientId: 'chaos', brokers: system.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Next offsets as the two readers of `signals` have them. */
async function offsetsOf({ system }: CellContext): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const service of ['health-scoring', 'renewal-forecasting'] as const) {
    const rows = await system.rows<{ partition: number; next_offset: string }>(service, 'SELECT partition, next_offset FROM messaging_offset WHERE topic = $1', [signalsTopic.name]);
    for (const row of rows) found.set(`${service}/${row.partition}`, BigInt(row.next_offset));
  }
  return found;
}

/** Those of which anything was applied, so that a topic made anew shows. */
const applied = (offsets: ReadonlyMap<string, bigint>): Map<string, bigint> => new Map([...offsets].filter(([, next]) => next > 0n));

/** `before`: where the partitions stood that lost something. Of each of them an alarm was raised, the service says that it is not ready, and no offset moved past what is gone. */
async function mustBeNoticed(context: CellContext, before: ReadonlyMap<string, bigint>, concerned: readonly string[], withinMs = 40_000): Promise<void> {
  const stopped = (): Set<string> => new Set(context.system.alarms().flatMap(({ alarm, group, topic, partition }) => (alarm === 'partition_stopped' ? [`${group} ${topic}/${partition}`] : [])));
  const notReady = async (): Promise<string[]> => {
    const { services } = await context.system.must<{ services: { name: string; ready: boolean }[] }>('GET', '/api/v1/pipeline');
    return services.filter(({ ready }) => !ready).map(({ name }) => name);
  };
  const lossy = [...before.keys()].map((place) => place.replace('/', `.${signalsTopic.stream} ${signalsTopic.name}/`));
  const untold = (): string[] => lossy.filter((place) => !stopped().has(place));
  let missing: string[] = [];
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(300)) {
    const down = await notReady().catch((): string[] => []);
    missing = concerned.filter((name) => !down.includes(name));
    if (missing.length === 0 && untold().length === 0) break;
  }
  if (lossy.length === 0) context.fail('nothing was lost');
  if (untold().length > 0) context.fail(`no alarm told of the loss of ${untold().join(', ')}`);
  if (missing.length > 0) context.fail(`still ready after the loss: ${missing.join(', ')}`);
  // A partition that goes on silently may do so a moment after another one stopped.
  await sleep(3_000);
  const after = await offsetsOf(context);
  for (const [place, next] of before) if (after.get(place) !== next) context.fail(`${place} moved silently from ${next} to ${after.get(place)}`);
  context.note(`${stopped().size} partitions stopped; first: ${context.system.alarms().find(({ alarm }) => alarm === 'partition_stopped')?.msg ?? 'none'}`);
}

/** More signals for every account, so that each partition has something to skip. */
async function moreSignals({ system }: CellContext): Promise<void> {
  const signals = Array.from({ length: 60 }, (_, i) => ({ id: `more-${i}`, kind: 'usage', accountId: accountOf(i % 20), data: { event: 'after the loss' } }));
  await system.must('POST', '/api/v1/signals', { signals });
}

export const brokerCells: readonly Cell[] = [
  {
    id: '3-broker-stopped',
    logs: ['kafka'],
    async run(context) {
      await context.load.reaches(context.random.between(10, 50) / 100);
      await kafkaOf(context).kafka.shutDown();
      await sleep(outageMs);
      await kafkaOf(context).kafka.restart();
    },
  },
  {
    id: '3-broker-killed',
    logs: ['kafka'],
    async run(context) {
      for (const share of [0.2, 0.6]) {
        await context.load.reaches(share + context.random.next() * 0.2);
        await kafkaOf(context).kafka.kill();
        await sleep(context.random.between(500, 5_000));
        await kafkaOf(context).kafka.restart();
      }
    },
  },
  {
    id: '3-broker-frozen-beyond-the-session',
    logs: ['kafka'],
    async run(context) {
      await context.load.reaches(context.random.between(10, 50) / 100);
      await kafkaOf(context).kafka.pause();
      await sleep(outageMs);
      await kafkaOf(context).kafka.resume();
    },
  },
  {
    id: '3-broker-away-60-s',
    logs: ['kafka'],
    async run(context) {
      await context.load.reaches(0.3);
      await kafkaOf(context).kafka.kill();
      await sleep(60_000);
      await kafkaOf(context).kafka.restart();
    },
  },
  {
    id: '4-topic-made-anew',
    logs: ['kafka', 'postgres'],
    endsBroken: true,
    async run(context) {
      const { system, load } = context;
      await load.finish();
      await settle(system);
      const before = await offsetsOf(context);
      if (system instanceof KafkaSystem) {
        await asKafkaAdmin(system, async (admin) => {
          await admin.deleteTopics({ topics: [signalsTopic.name] });
          await sleep(1_000);
          await admin.createTopics({ topics: [{ topic: signalsTopic.name, numPartitions: 12 }] });
        });
      } else {
        await system.rows('log', 'UPDATE part SET next_off = 0, low_off = 0 WHERE topic_id = (SELECT id FROM topic WHERE name = $1)', [signalsTopic.name]);
        await system.rows('log', 'DELETE FROM entry WHERE topic_id = (SELECT id FROM topic WHERE name = $1)', [signalsTopic.name]);
      }
      await moreSignals(context);
      await mustBeNoticed(context, applied(before), ['health-scoring', 'renewal-forecasting']);
    },
  },
  {
    id: '4-records-expired-unread',
    logs: ['kafka', 'postgres'],
    endsBroken: true,
    async run(context) {
      const { system, load } = context;
      await load.reaches(0.3);
      if (system instanceof KafkaSystem) {
        await system.processOf('health-scoring').kill();
        await load.finish();
        await sleep(2_000);
        const before = await offsetsOf(context);
        const unread = new Map<string, bigint>();
        await asKafkaAdmin(system, async (admin) => {
          const marks = await admin.fetchTopicOffsets(signalsTopic.name);
          await admin.deleteTopicRecords({ topic: signalsTopic.name, partitions: marks.map(({ partition, high }) => ({ partition, offset: high })) });
          for (const { partition, high } of marks) {
            const place = `health-scoring/${partition}`;
            const next = before.get(place);
            // One that was never begun begins with what is left.
            if (next !== undefined && next < BigInt(high)) unread.set(place, next);
          }
        });
        await system.start('health-scoring');
        await mustBeNoticed(context, unread, ['health-scoring']);
        return;
      }
      // In one process everything sent lies in the consumer's memory, so here the stored offsets go back instead.
      await load.finish();
      await settle(system);
      await system.rows('health-scoring', 'UPDATE messaging_offset SET next_offset = next_offset - 5 WHERE topic = $1 AND next_offset > 5', [signalsTopic.name]);
      const before = await offsetsOf(context);
      await system.rows('log', 'UPDATE part SET low_off = next_off WHERE topic_id = (SELECT id FROM topic WHERE name = $1)', [signalsTopic.name]);
      await system.rows('log', 'DELETE FROM entry WHERE topic_id = (SELECT id FROM topic WHERE name = $1)', [signalsTopic.name]);
      await moreSignals(context);
      await mustBeNoticed(context, applied(new Map([...before].filter(([place]) => place.startsWith('health-scoring')))), ['health-scoring']);
    },
  },
  {
    id: '4-group-offsets-reset',
    logs: ['kafka', 'postgres'],
    async run(context) {
      const { system, load, random, note, fail } = context;
      await load.reaches(0.5);
      // Nobody may set the offsets right before they are read again.
      let lowered = 0;
      if (system instanceof KafkaSystem) {
        await system.processOf('health-scoring').kill();
        await asKafkaAdmin(system, async (admin) => {
          const groupId = 'health-scoring.signals';
          const committed = async (): Promise<Map<number, number>> => new Map((await admin.fetchOffsets({ groupId, topics: [signalsTopic.name] }))[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
          await untilEmpty(admin, groupId);
          const before = await committed();
          const partitions = [...before].map(([partition, offset]) => ({ partition, offset: String(random.between(0, Math.max(0, offset))) }));
          await admin.setOffsets({ groupId, topic: signalsTopic.name, partitions });
          lowered = [...(await committed())].filter(([partition, offset]) => offset < (before.get(partition) ?? 0)).length;
        });
        await system.start('health-scoring');
      } else {
        // Its database ends with it: it is frozen first, and what it has sent comes to its end.
        system.processOf('health-scoring').signal('SIGSTOP');
        await sleep(500);
        const rows = await groupOffsets(context);
        for (const { key, off } of rows) await system.rows('log', `UPDATE group_partition SET off = $2 WHERE ${groupKey} = $1`, [key, random.between(0, off)]);
        const reset = new Map((await groupOffsets(context)).map(({ key, off }) => [key, off]));
        lowered = rows.filter(({ key, off }) => (reset.get(key) ?? 0) < off).length;
        await system.processOf('health-scoring').kill();
        await system.start('perennial');
      }
      note(`${lowered} offsets of groups reset`);
      if (lowered === 0) fail('no offset of a group was reset');
    },
    async afterwards(context) {
      if (context.system instanceof KafkaSystem) return;
      // The services' own offsets have the say: where nothing new came, the group's were set right by them.
      const lower = async () => (await groupOffsets(context)).filter(({ off, ends }) => off < ends);
      let low = await lower();
      // They are handed back by the second, behind what was applied.
      for (const end = Date.now() + 30_000; low.length > 0 && Date.now() < end; low = await lower()) await sleep(200);
      if (low.length > 0) context.fail(`offsets of groups are still lower than the log ends: ${low.map(({ key }) => key).join(', ')}`);
    },
  },
];

const groupKey = `grp || ' ' || topic_id || '/' || p`;

/** Offsets of the groups in the Postgres log, and where their partitions end. */
async function groupOffsets({ system }: CellContext): Promise<{ key: string; off: number; ends: number }[]> {
  const rows = await system.rows<{ key: string; off: string; ends: string }>('log', `SELECT ${groupKey} AS key, off, next_off AS ends FROM group_partition JOIN part USING (topic_id, p) WHERE off IS NOT NULL ORDER BY 1`);
  return rows.map(({ key, off, ends }) => ({ key, off: Number(off), ends: Number(ends) }));
}

/** A member that was killed counts until its session ends. */
async function untilEmpty(admin: Admin, groupId: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { groups } = await admin.describeGroups([groupId]);
    if (groups[0]?.state === 'Empty' || groups[0]?.state === 'Dead') return;
    await sleep(300);
  }
}
