import type { EventLog, OutgoingRecord } from '@perennial/messaging/event-log';
import { partitionOf } from '@perennial/messaging/partitioner';
import { createLogger } from '@perennial/service-kit/logging';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import type { LogSettings } from '@perennial/service-kit/settings';
import kafkajs, { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { answer } from './answer.js';

/** Many callers that append one record each: through the log's own coalescer, and each with a send of its own. */
type Append = (record: OutgoingRecord) => Promise<unknown>;

const topic = 'bench-append';
const partitions = 12;
const value = Buffer.from(JSON.stringify({ text: 'x'.repeat(380) }));
let log: EventLog;
let alone: Append;
let close: () => Promise<unknown> = async () => undefined;
let sent = 0;

answer(
  {
    async start({ settings }: { settings: LogSettings }) {
      log = await openEventLog(settings, 'bench', createLogger({ level: 'silent' }));
      await log.ensureTopics([{ name: topic, partitions, compacted: false, retentionMs: 86_400_000, compression: 'internal', maxRecordBytes: 1_048_576 }]);
      alone = settings.kind === 'kafka' ? await kafkaAlone(settings.brokers) : postgresAlone(settings.url);
    },
    /** Records/s over `forMs`, and the ids appended. */
    async rate({ coalesced, callers, forMs }: { coalesced: boolean; callers: number; forMs: number }): Promise<{ rate: number; ids: string[] }> {
      const append: Append = coalesced ? (record) => log.append(topic, [record]) : alone;
      const ids: string[] = [];
      const start = performance.now();
      await Promise.all(Array.from({ length: callers }, async () => {
        while (performance.now() - start < forMs) {
          const id = String(sent++);
          await append({ key: `account-${sent % 1000}`, value, headers: { ce_id: id } });
          ids.push(id);
        }
      }));
      return { rate: (ids.length * 1000) / (performance.now() - start), ids };
    },
  },
  async () => {
    await close();
    await log?.close();
  },
);

async function kafkaAlone(brokers: readonly string[]): Promise<Append> {
  const producer = new Kafka({ brokers: [...brokers], clientId: 'alone', logLevel: logLevel.NOTHING }).producer({ allowAutoTopicCreation: false, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  close = () => producer.disconnect();
  return ({ key, value: body, headers }) => producer.send({ topic, acks: -1, compression: CompressionTypes.None, messages: [{ key, value: body, headers }] });
}

/** As many connections as the log's own pool has. */
function postgresAlone(url: string): Append {
  const pool = new pg.Pool({ connectionString: url, max: 6 });
  close = () => pool.end();
  const text = `SELECT topic_id, p, next_off FROM append_entries(ARRAY[(SELECT id FROM topic WHERE name = '${topic}')]::int[], $1::smallint[], $2::text[], $3::text[], ARRAY[1]::int[], $4::int[], $5::bytea)`;
  return ({ key, value: body, headers }) => pool.query({ name: 'alone', text, values: [[partitionOf(key ?? '', partitions)], [key], [JSON.stringify(headers)], [body?.length], body] });
}
