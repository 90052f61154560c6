import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { Cell, CellContext } from '../cell.js';
import { settle } from '../check/settle.js';
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

/** Alarms about stopped partitions were raised, the service says that it is not ready, and no offset moved past what is gone. */
async function mustBeNoticed(context: CellContext, before: ReadonlyMap<string, bigint>, concerned: readonly string[], withinMs = 40_000): Promise<void> {
  const stopped = (): Set<string> => new Set(context.system.alarms().flatMap(({ alarm, service, topic, partition }) => (alarm === 'partition_stopped' ? [`${service} ${topic}/${partition}`] : [])));
  const notReady = async (): Promise<string[]> => {
    const { services } = await context.system.must<{ services: { name: string; ready: boolean }[] }>('GET', '/api/v1/pipeline');
    return services.filter(({ ready }) => !ready).map(({ name }) => name);
  };
  let missing: string[] = [];
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(300)) {
    const down = await notReady().catch((): string[] => []);
    missing = concerned.filter((name) => !down.includes(name));
    if (missing.length === 0 && stopped().size > 0) break;
  }
  if (stopped().size === 0) context.fail('no alarm told of the loss');
  if (missing.length > 0) context.fail(`still ready after the loss: ${missing.join(', ')}`);
  // A partition that goes on silently may do so a moment after another one stopped.
  await sleep(3_000);
  const after = await offsetsOf(context);
  for (const [place, next] of before) if (next > 0n && after.get(place) !== next) context.fail(`${place} moved silently from ${next} to ${after.get(place)}`);
  context.note(`${stopped().size} partitions stopped; first: ${context.system.alarms().find(({ alarm }) => alarm === 'partition_stopped')?.msg ?? 'none'}`);
}

/** More signals for every account, so that each partition has something to skip. */
async function moreSignals({ system }: CellContext): Promise<void> {
  const signals = Array.from({ length: 60 }, (_, i) => ({ id: `more-${i}`, kind: 'usage', accountId: `acc-${String(i % 20).padStart(3, '0')}`, data: { event: 'after the loss' } }));
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
      await mustBeNoticed(context, before, ['health-scoring', 'renewal-forecasting']);
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
        await asKafkaAdmin(system, async (admin) => {
          const marks = await admin.fetchTopicOffsets(signalsTopic.name);
          await admin.deleteTopicRecords({ topic: signalsTopic.name, partitions: marks.map(({ partition, high }) => ({ partition, offset: high })) });
        });
        await system.start('health-scoring');
        const own = new Map([...before].filter(([place]) => place.startsWith('health-scoring')));
        await mustBeNoticed(context, own, ['health-scoring']);
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
      await mustBeNoticed(context, new Map([...before].filter(([place]) => place.startsWith('health-scoring'))), ['health-scoring']);
    },
  },
  {
    id: '4-group-offsets-reset',
    logs: ['kafka', 'postgres'],
    async run(context) {
      const { system, load, random } = context;
      await load.reaches(0.5);
      if (system instanceof KafkaSystem) {
        await system.processOf('health-scoring').kill();
        await asKafkaAdmin(system, async (admin) => {
          const marks = await admin.fetchTopicOffsets(signalsTopic.name);
          const partitions = marks.map(({ partition, high }) => ({ partition, offset: String(random.between(0, Number(high))) }));
          await untilEmpty(admin, 'health-scoring.signals');
          await admin.setOffsets({ groupId: 'health-scoring.signals', topic: signalsTopic.name, partitions });
        });
        await system.start('health-scoring');
        return;
      }
      await system.rows('log', 'UPDATE group_partition SET off = floor(random() * coalesce(off, 0))');
      await system.processOf('health-scoring').kill();
      await system.start('perennial');
    },
  },
];

/** A member that was killed counts until its session ends. */
async function untilEmpty(admin: Admin, groupId: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { groups } = await admin.describeGroups([groupId]);
    if (groups[0]?.state === 'Empty' || groups[0]?.state === 'Dead') return;
    await sleep(300);
  }
}
