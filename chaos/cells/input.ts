import { setTimeout as sleep } from 'node:timers/promises';
import { vendorCallRecord } from '@perennial/signal-ingestion/edge/telemetry-records';
import { deadLetterTopicName } from '@perennial/contracts/topic';
import { signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import type { OutgoingRecord } from '@perennial/messaging/event-log';
import { deadLetterTopicSpec } from '@perennial/messaging/dead-letter';
import { both, type Cell, type CellContext } from '../cell.js';
import { settle } from '../check/settle.js';
import { poison } from '../faults/poison.js';
import { foreignSource } from '../load/load.js';
import { accountOf, type ItemOf } from '../load/plan.js';
import { services } from '../system/system.js';
import { asKafkaAdmin, kafkaOf } from './broker.js';

export const inputCells: readonly Cell[] = [
  {
    id: '9-repeats-reordering-far-future',
    logs: both,
    plan: { shuffled: true, farFuture: true },
    repeats: 0.5,
    run: ({ load }) => load.reaches(1),
  },
  {
    id: '10-poison-in-one-percent',
    logs: both,
    plan: { uses: 5, accounts: 10 },
    seconds: 3,
    run: ({ load }) => load.reaches(1),
    async afterwards(context) {
      const rates: Record<'clean' | 'poisoned', number[]> = { clean: [], poisoned: [] };
      // The first round warms up and does not count.
      for (const [round, kind] of (['clean', 'clean', 'poisoned', 'poisoned', 'clean', 'clean', 'poisoned'] as const).entries()) {
        const rate = await throughput(context, round, kind === 'poisoned' ? 0.01 : 0);
        if (round > 0) rates[kind].push(rate);
      }
      const ratio = median(rates.poisoned) / median(rates.clean);
      context.note(`throughput with poison ${ratio.toFixed(2)} of without (events/s: ${rates.poisoned.map(Math.round).join(', ')} against ${rates.clean.map(Math.round).join(', ')})`);
      if (ratio < 0.8) context.fail(`throughput with poison is ${ratio.toFixed(2)} of that without`);
      context.expectDeadLetters(letters);
    },
  },
  {
    // A topic of the Postgres log lies in one table with all others: it is away with the whole log or not at all (cell 5).
    id: '11-dead-letter-topic-away',
    logs: ['kafka'],
    async run(context) {
      const { load, fail } = context;
      const topic = deadLetterTopicName(telemetryTopic, 'signal-ingestion');
      await load.reaches(0.1);
      await asKafkaAdmin(kafkaOf(context), (admin) => admin.deleteTopics({ topics: [topic] }));
      const log = await context.openLog();
      const sent = Array.from({ length: 10 }, (_, n) => poison(accountOf(n)));
      for (const { text: _, ...record } of sent) await log.append(telemetryTopic.name, [record]);
      await load.finish();
      let waiting = await outboxOf(context);
      for (const end = Date.now() + 30_000; Date.now() < end && (waiting.letters < 10 || waiting.others > 0); await sleep(300)) waiting = await outboxOf(context);
      if (waiting.letters < 10 || waiting.others > 0) fail(`with the dead-letter topic away the outbox holds ${waiting.letters} letters and ${waiting.others} others; 10 and 0 were to be there`);
      await log.ensureTopics([deadLetterTopicSpec(telemetryTopic, 'signal-ingestion')]);
      context.expectDeadLetters(10);
    },
    async afterwards(context) {
      const log = await context.openLog();
      const topic = deadLetterTopicName(telemetryTopic, 'signal-ingestion');
      const texts = (await Promise.all((await log.watermarks(topic)).map(({ partition, low }) => log.read(topic, partition, low, 1_000)))).flat().map(({ value }) => value?.toString());
      if (new Set(texts).size !== 10) context.fail(`lost: ${new Set(texts).size} of 10 letters reached the dead-letter topic`);
    },
  },
  {
    id: '12-letters-replayed-twice',
    logs: both,
    async run(context) {
      const { system, load, random, note } = context;
      const broken = accountOf(random.between(0, 19));
      await load.reaches(0.2);
      await system.rows('health-scoring', `ALTER TABLE account_health ADD CONSTRAINT chaos CHECK (account_id <> '${broken}') NOT VALID`);
      await load.finish();
      await settle(system);
      const [dead] = await system.rows<{ n: string }>('health-scoring', `SELECT count(*) AS n FROM messaging_dead_letter WHERE state = 'dead'`);
      await system.rows('health-scoring', 'ALTER TABLE account_health DROP CONSTRAINT chaos');
      if (Number(dead?.n) === 0) context.fail('the account that cannot be stored left no letters');
      await Promise.all([1, 2].map(() => system.must('POST', '/api/v1/dead-letters/replay', {})));
      note(`${dead?.n} letters of ${broken} replayed twice`);
    },
  },
  {
    id: '17-offsets-rewound',
    logs: both,
    async run({ system, load, random, fail, note }) {
      let rewound = 0;
      for (const share of [0.3, 0.6, 0.9]) {
        await load.reaches(share);
        for (const service of services) {
          const rows = await system.rows<{ topic: string; partition: number; next_offset: string }>(service, 'SELECT topic, partition, next_offset FROM messaging_offset WHERE next_offset > 0');
          for (const { topic, partition, next_offset: next } of rows) {
            if (!random.chance(0.4)) continue;
            rewound++;
            await system.rows(service, 'UPDATE messaging_offset SET next_offset = least(next_offset, $3) WHERE topic = $1 AND partition = $2', [topic, partition, random.between(0, Number(next))]);
          }
        }
      }
      // As after a restore: a partition that gets nothing new is looked at again when it is assigned.
      await Promise.all([...system.processes.values()].map((one) => one.kill()));
      await Promise.all([...system.processes.keys()].map((name) => system.start(name)));
      if (rewound === 0) fail('no stored offset was rewound');
      note(`${rewound} stored offsets rewound`);
    },
  },
];

let letters = 0;
const perRound = 6_000;

/** Events per second from the first chunk of telemetry to the last consumer at rest, for one heap of records that lies ready. */
async function throughput(context: CellContext, round: number, share: number): Promise<number> {
  const log = await context.openLog();
  const heap = Array.from({ length: perRound }, (_, n): ItemOf<'foreign'> => {
    const id = `heap-${round}-${n}`;
    const accountId = `heap-${n % 50}`;
    return { id, accountId, door: 'foreign', body: { id, kind: 'usage', accountId, data: { event: 'use' } } };
  });
  context.load.alsoAccepted(heap);
  const records: OutgoingRecord[] = [];
  for (const { id, accountId, body } of heap) {
    records.push(vendorCallRecord({ id, key: accountId, sourceId: foreignSource, receivedAt: new Date(), traceparent: null, vendor: 'perennial', call: 'signal', sentAt: null, body: JSON.stringify(body) }));
    if (context.random.chance(share)) records.push(poison(accountId));
  }
  const poisonous = records.length - perRound;
  letters = (round === 0 ? 0 : letters) + poisonous;
  const worked = async (): Promise<number> => {
    const [row] = await context.system.rows<{ next: string }>('signal-ingestion', 'SELECT sum(next_offset) AS next FROM messaging_offset WHERE topic = $1', [telemetryTopic.name]);
    return Number(row?.next);
  };
  const before = await worked();
  for (let at = 0; at < records.length; at += 500) await log.append(telemetryTopic.name, records.slice(at, at + 500));
  if (share > 0) {
    const more = Array.from({ length: poisonous }, (_, n) => poison(`heap-${n % 50}`));
    letters += 2 * more.length;
    await log.append(signalsTopic.name, more);
  }
  // Until an idle consumer looks at what another process laid into the log is no part of its rate.
  while ((await worked()) === before) await sleep(10);
  const startedAt = performance.now();
  await settle(context.system);
  return perRound / ((performance.now() - startedAt) / 1000);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function outboxOf({ system }: CellContext): Promise<{ letters: number; others: number }> {
  const [row] = await system.rows<{ letters: string; others: string }>('signal-ingestion', `SELECT count(*) FILTER (WHERE topic LIKE '%dead-letter') AS letters, count(*) FILTER (WHERE topic NOT LIKE '%dead-letter') AS others FROM messaging_outbox`);
  return { letters: Number(row?.letters), others: Number(row?.others) };
}

