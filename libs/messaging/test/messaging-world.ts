import { deadLetterTopicName, type AnyTopic } from '@perennial/contracts/topic';
import { Ledger } from '@perennial/testing/ledger';
import type { TestDatabase } from '@perennial/testing/postgres';
import type { EventLog, LogRecord, OutgoingRecord } from '../src/event-log.js';
import { retryTransient } from '../src/retry-transient.js';
import { eventually } from './collected.js';
import { TestService, counted, effects, messagingDatabase, testTopics, type TestServiceOptions } from './test-service.js';

/** Records of `keys` keys with `versions` versions each, version by version. */
export function rounds(topic: AnyTopic, keys: number, from: number, to: number): OutgoingRecord[] {
  const records: OutgoingRecord[] = [];
  for (let version = from; version <= to; version++) for (let key = 0; key < keys; key++) records.push(counted(topic, `a${key}`, version));
  return records;
}

export const idOf = (record: OutgoingRecord): string => record.headers['ce_id']!;

/** One test's log, topics, database and services, with a ledger of what was appended. */
export class MessagingWorld {
  readonly topics = testTopics();
  readonly ledger = new Ledger();
  readonly services: TestService[] = [];

  private constructor(
    readonly log: EventLog,
    readonly db: TestDatabase,
  ) {}

  static async open(openLog: () => Promise<EventLog>): Promise<MessagingWorld> {
    const db = await messagingDatabase();
    return new MessagingWorld(await openLog(), db);
  }

  async close(): Promise<void> {
    await this.stopServices();
    await this.log.close();
    await this.db.dispose();
  }

  async startService(options: Partial<TestServiceOptions> = {}): Promise<TestService> {
    const service = await TestService.start({ log: this.log, topics: this.topics, database: this.db.database, ...options });
    this.services.push(service);
    return service;
  }

  async stopServices(): Promise<void> {
    await Promise.all(this.services.splice(0).map((service) => service.close()));
  }

  /** To the counted topic; made before, where no service has done so. */
  async append(records: readonly OutgoingRecord[]): Promise<void> {
    const { name } = this.topics.counted;
    await retryTransient(() => this.log.ensureTopics([{ name, partitions: 3, compacted: false, retentionMs: 86_400_000, compression: 'internal', maxRecordBytes: 1_048_576 }]), 15_000);
    await this.log.append(name, records);
    for (const record of records) this.ledger.accept(idOf(record), record.key!);
  }

  effects(): Promise<string[]> {
    return effects(this.db.database);
  }

  untilEffects(count: number, ms = 60_000): Promise<void> {
    let seen = 0;
    return eventually(async () => (seen = (await this.effects()).length) >= count, () => `${seen} of ${count} effects`, ms);
  }

  untilNoLag(service: TestService, ms = 60_000): Promise<void> {
    return eventually(async () => (await service.progress.lag().catch(() => null))?.every(({ lag }) => lag === 0) ?? false, () => 'lag is left', ms);
  }

  untilSent(service: TestService, ms = 30_000): Promise<void> {
    return eventually(async () => (await service.relay.pending()) === 0, () => 'the outbox is not empty', ms);
  }

  async readAll(topic: string): Promise<LogRecord[]> {
    const all = await Promise.all((await this.log.watermarks(topic)).map(async ({ partition, low, high }) => {
      const records: LogRecord[] = [];
      for (let offset = low; offset < high; offset = records.at(-1)!.offset + 1n) {
        const some = await this.log.read(topic, partition, offset, 1_000);
        if (some.length === 0) break;
        records.push(...some);
      }
      return records;
    }));
    return all.flat();
  }

  get deadLetterTopic(): string {
    return deadLetterTopicName(this.topics.counted, 'test-service');
  }

  get group(): string {
    return `test-service.${this.topics.counted.stream}`;
  }
}
