import { setTimeout as sleep } from 'node:timers/promises';
import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import type { Erased, EventLog, LogRecord, OutgoingRecord, SubscribeOptions, Subscription, TopicSpec, Watermarks } from '../event-log.js';
import { Appender } from './appender.js';
import { CreateLog1700000000001 } from './create-log.js';
import { Eraser } from './eraser.js';
import { GroupStore } from './group-store.js';
import { Housekeeping } from './housekeeping.js';
import { LogKeeper } from './log-keeper.js';
import { LogReader } from './log-reader.js';
import { LogTopics } from './log-topics.js';
import { listen, nudgeAppended, nudgeMembers } from './nudges.js';
import { OffsetWriter } from './offset-writer.js';
import { PostgresSubscription } from './postgres-subscription.js';

export interface PostgresEventLogOptions {
  /** postgres:// URL of the log's own database. */
  readonly url: string;
  /** Connections at most; default 6. */
  readonly poolSize?: number;
}

const readBytes = 16_777_216;
/** Longest wait for what is under way when the log closes. */
const closeMs = 10_000;

/**
 * The log in a PostgreSQL database: for one machine, any number of processes. Consumers in the process that
 * appends are handed the records at its commit, those in other processes look every 5 s.
 */
export class PostgresEventLog implements EventLog {
  readonly erases = true;
  private readonly topics: LogTopics;
  private readonly reader: LogReader;
  private readonly groups: GroupStore;
  private readonly offsets: OffsetWriter;
  private readonly keeper: LogKeeper;
  private readonly housekeeping: Housekeeping;
  private readonly appender: Appender;
  private readonly stopListening: () => void;

  private constructor(
    private readonly database: TypeOrmDatabase,
    private readonly id: string,
  ) {
    this.topics = new LogTopics(database);
    this.reader = new LogReader(database);
    this.groups = new GroupStore(database);
    this.offsets = new OffsetWriter(this.groups);
    this.keeper = new LogKeeper(this.groups);
    this.housekeeping = new Housekeeping(database);
    this.appender = new Appender(database, () => this.housekeeping.makeRanges(), (counters) => {
      for (const { topicId, partition, next, records } of counters) nudgeAppended(id, topicId, partition, next, records);
    });
    this.stopListening = listen(id, {
      appended: (topicId, partition, next, records) => {
        for (const subscription of this.keeper.subscriptions) if (subscription.topic.id === topicId) subscription.appended(partition, next, records);
      },
      membersChanged: (group, topicId) => {
        for (const subscription of this.keeper.subscriptions) {
          const { membership } = subscription;
          if (membership.group === group && membership.topicId === topicId) void subscription.look().catch(() => undefined);
        }
      },
    });
    this.housekeeping.start();
  }

  /** Opens the log, making its tables first if need be. Throws `Transient` when the database is away. */
  static async open({ url, poolSize = 6 }: PostgresEventLogOptions): Promise<PostgresEventLog> {
    const withPlans = new URL(url);
    // One plan for every statement of the log, made once per connection: its tables change too fast to plan by.
    withPlans.searchParams.set('options', '-c plan_cache_mode=force_generic_plan');
    const database = await TypeOrmDatabase.open({ url: withPlans.href, poolSize, migrations: [CreateLog1700000000001], applicationName: 'event-log' });
    try {
      const [row] = await database.query<{ id: string }>('SELECT id FROM log_identity');
      return new PostgresEventLog(database, row?.id ?? '');
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  identity(): Promise<string> {
    return Promise.resolve(this.id);
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.topics.ensure(specs);
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.topics.get(topic)).partitions;
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    await this.appender.append(await this.topics.get(topic), records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = new PostgresSubscription(options, await this.topics.get(options.topic), {
      groups: this.groups,
      reader: this.reader,
      offsets: this.offsets,
      membersChanged: (group, topicId) => nudgeMembers(this.id, group, topicId),
      closed: (closed) => this.keeper.remove(closed),
    });
    this.keeper.add(subscription);
    try {
      await subscription.join();
    } catch (error) {
      await subscription.close();
      throw error;
    }
    return subscription;
  }

  async erase(topic: string, texts: readonly string[], isAbout: (record: LogRecord) => boolean): Promise<Erased | null> {
    const known = await this.topics.find(topic);
    return known === null ? { erased: 0, left: 0 } : new Eraser(this.database).erase(known, texts, isAbout);
  }

  async read(topic: string, partition: number, offset: bigint, limit: number): Promise<LogRecord[]> {
    const slices = await this.reader.read(await this.topics.get(topic), [{ partition, offset, notBefore: null }], limit, readBytes);
    return slices.get(partition)?.records ?? [];
  }

  async watermarks(topic: string): Promise<Watermarks[]> {
    return this.reader.watermarks(await this.topics.get(topic));
  }

  async committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.groups.committed(group, (await this.topics.get(topic)).id);
  }

  /** Retention and compaction now; both happen by themselves, once a minute where worthwhile. */
  async sweep(): Promise<void> {
    await this.housekeeping.sweep(true);
  }

  /** Leaves the groups, finishes appends under way, closes the connections; bounded when the database does not answer. */
  async close(): Promise<void> {
    await Promise.all([...this.keeper.subscriptions].map((subscription) => subscription.close()));
    this.stopListening();
    this.keeper.stop();
    this.offsets.stop();
    const ended = Promise.all([this.housekeeping.stop(), this.appender.drained()]).then(() => this.database.close());
    await Promise.race([ended, sleep(closeMs, undefined, { ref: false })]);
  }
}
