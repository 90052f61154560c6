import { randomUUID } from 'node:crypto';
import { Module, type INestMicroservice, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { encodeHeaders } from '@perennial/contracts/cloud-event';
import { defineTopic, type AnyTopic } from '@perennial/contracts/topic';
import { Database, type Statement, type Transaction } from '@perennial/persistence/transaction';
import { testDatabase, type TestDatabase } from '@perennial/testing/postgres';
import { Type } from 'typebox';
import { Consumes, type BatchHandler, type EventBatch, type PoisonRecord, type ReceivedEvent } from '../src/batch-consumer.js';
import { ConsumerProgress } from '../src/consumer-progress.js';
import { DeadLetters } from '../src/dead-letters.js';
import { EVENT_LOG, topicSpec, type EventLog, type OutgoingRecord } from '../src/event-log.js';
import { EventLogTransport } from '../src/event-log-transport.js';
import { messagingMigrations } from '../src/messaging-migrations.js';
import { MessagingModule } from '../src/messaging-module.js';
import type { MessagingOptions } from '../src/messaging-options.js';
import { Outbox } from '../src/outbox.js';
import { OutboxRelay } from '../src/outbox-relay.js';
import { Rebuild } from '../src/rebuild.js';
import { retryTransient } from '../src/retry-transient.js';

/** Topics of one test, so that tests on a shared broker do not meet. */
export function testTopics(unique = randomUUID().slice(0, 8)) {
  const version = Type.Integer({ minimum: 1 });
  return {
    counted: defineTopic({
      stream: `counted-${unique}`, version: 1, kind: 'log', retentionDays: 7, key: 'accountId',
      events: { 'perennial.test.counted.v1': Type.Object({ id: Type.String(), amount: Type.Integer(), version }) },
    }),
    settings: defineTopic({
      stream: `settings-${unique}`, version: 1, kind: 'state', key: 'accountId',
      events: { 'perennial.test.set.v1': Type.Object({ id: Type.String(), amount: Type.Integer(), version }) },
    }),
    /** Without versions, as telemetry: only the fence keeps it from being applied twice. */
    raw: defineTopic({
      stream: `raw-${unique}`, version: 1, kind: 'log', retentionDays: 7, key: 'identity', versioned: false,
      events: { 'perennial.test.counted.v1': Type.Object({ id: Type.String(), amount: Type.Integer(), version }) },
    }),
    /** Told by the service, of each event. */
    news: defineTopic({
      stream: `news-${unique}`, version: 1, kind: 'log', retentionDays: 7, key: 'accountId',
      events: { 'perennial.test.counted.v1': Type.Object({ id: Type.String(), amount: Type.Integer(), version }) },
    }),
    totals: defineTopic({
      stream: `totals-${unique}`, version: 1, kind: 'state', key: 'accountId',
      events: { 'perennial.test.summed.v1': Type.Object({ total: Type.Integer(), version }) },
    }),
  };
}
export type TestTopics = ReturnType<typeof testTopics>;
type CountedTopic = TestTopics['counted'];
type CountedEvent = ReceivedEvent<CountedTopic>;

const eventTypes = { log: 'perennial.test.counted.v1', state: 'perennial.test.set.v1' };

/** A record as another service's relay would have sent it. Its id is `<key>/<version>`. */
export function counted(topic: AnyTopic, key: string, version: number, amount = 1, more: Record<string, string> = {}): OutgoingRecord {
  const id = `${key}/${version}`;
  const envelope = { id, source: '/test', time: '2026-01-01T00:00:00.000Z', subject: key, causationId: null, causationDepth: 0, traceparent: null };
  return { key, value: Buffer.from(JSON.stringify({ id, amount, version })), headers: { ...encodeHeaders(eventTypes[topic.kind], envelope), ...more } };
}

export const createTables = class CreateTestTables1700000000002 {
  name = 'CreateTestTables1700000000002';
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query('CREATE TABLE effect (ord bigint GENERATED ALWAYS AS IDENTITY, id text NOT NULL, key text NOT NULL)');
    await runner.query('CREATE TABLE total (key text PRIMARY KEY, total bigint NOT NULL)');
  }
  async down(): Promise<void> {}
};

/** What a test lets the handler do besides its work. */
export interface Faults {
  /** Called with every event before anything is written; a throw is the handler's. */
  onEvent?: (event: CountedEvent) => void;
  /** Called after everything is written. */
  afterWork?: (batch: EventBatch<CountedTopic>) => Promise<void> | void;
  /** Events returned as poison. */
  refuse?: (event: CountedEvent) => PoisonRecord | null;
}

export interface TestServiceOptions {
  readonly log: EventLog;
  readonly topics: TestTopics;
  readonly service?: string;
  readonly database?: Database;
  readonly faults?: Faults;
  readonly messaging?: Partial<MessagingOptions>;
  /** Consume the state topic too. */
  readonly withSettings?: boolean;
  /** Consume the topic without versions too. */
  readonly withRaw?: boolean;
  /** Tell of each event on a log topic. */
  readonly withNews?: boolean;
  readonly relay?: boolean;
  /** Rest of the counted topic's handler after a small batch. */
  readonly restMs?: number;
}

/** A small real service: it writes down each event's effect, sums per key and publishes the sums. */
export class TestService {
  readonly faults: Faults;
  private constructor(
    readonly app: INestMicroservice,
    readonly database: Database,
    readonly topics: TestTopics,
    readonly batches: number[],
    faults: Faults,
  ) {
    this.faults = faults;
  }

  static async start(options: TestServiceOptions & { readonly database: Database }): Promise<TestService> {
    const { topics, database } = options;
    const faults: Faults = options.faults ?? {};
    const batches: number[] = [];
    const handle = async (outbox: Outbox, batch: EventBatch<CountedTopic>, tx: Transaction): Promise<readonly PoisonRecord[]> => {
      batches.push(batch.events.length);
      const refused: PoisonRecord[] = [];
      const applied: CountedEvent[] = [];
      for (const event of batch.events) {
        faults.onEvent?.(event);
        const poison = faults.refuse?.(event) ?? null;
        if (poison) refused.push(poison);
        else applied.push(event);
      }
      await apply(applied, outbox, topics, tx);
      if (options.withNews) await outbox.publish(tx, topics.news, applied.map((event) => ({ type: event.type, key: event.key, data: { id: event.data.id, amount: event.data.amount }, time: new Date(), cause: event as never })));
      await faults.afterWork?.(batch);
      return refused;
    };

    @Consumes(topics.counted, { restMs: options.restMs ?? 0 })
    class CountedHandler implements BatchHandler<CountedTopic> {
      constructor(private readonly outbox: Outbox) {}
      handle(batch: EventBatch<CountedTopic>, tx: Transaction) {
        return handle(this.outbox, batch, tx);
      }
    }
    @Consumes(topics.settings)
    class SettingsHandler implements BatchHandler<TestTopics['settings']> {
      constructor(private readonly outbox: Outbox) {}
      handle(batch: EventBatch<TestTopics['settings']>, tx: Transaction) {
        return handle(this.outbox, batch as unknown as EventBatch<CountedTopic>, tx);
      }
    }
    @Consumes(topics.raw)
    class RawHandler implements BatchHandler<TestTopics['raw']> {
      constructor(private readonly outbox: Outbox) {}
      handle(batch: EventBatch<TestTopics['raw']>, tx: Transaction) {
        return handle(this.outbox, batch, tx);
      }
    }
    @Module({})
    class World {}
    @Module({})
    class App {}
    const given = [{ provide: Database, useValue: database }, { provide: EVENT_LOG, useValue: options.log }];
    const service = options.service ?? 'test-service';
    const module = {
      module: App,
      imports: [
        { module: World, global: true, providers: given, exports: given },
        MessagingModule.register({ service, serviceVersion: '9.9.9', partitions: 3, sessionTimeoutMs: 10_000, flushMs: 1_000, ...options.messaging }),
      ],
      providers: [CountedHandler, ...(options.withSettings ? [SettingsHandler] : []), ...(options.withRaw ? [RawHandler] : [])],
    };
    const app = await NestFactory.createMicroservice<{ useFactory: (strategy: EventLogTransport) => MicroserviceOptions; inject: [typeof EventLogTransport] }>(module, {
      inject: [EventLogTransport],
      useFactory: (strategy) => ({ strategy }),
      logger: process.env['TEST_LOG'] ? undefined! : silent,
      abortOnError: false,
    });
    await retryTransient(() => options.log.ensureTopics([topics.counted, topics.settings, topics.raw, topics.news, topics.totals].map((topic) => topicSpec(topic, 3))), 15_000);
    await app.listen();
    if (options.relay !== false) app.get(OutboxRelay).start();
    return new TestService(app, database, topics, batches, faults);
  }

  get progress(): ConsumerProgress {
    return this.app.get(ConsumerProgress);
  }
  get deadLetters(): DeadLetters {
    return this.app.get(DeadLetters);
  }
  get relay(): OutboxRelay {
    return this.app.get(OutboxRelay);
  }
  get rebuild(): Rebuild {
    return this.app.get(Rebuild);
  }
  get outbox(): Outbox {
    return this.app.get(Outbox);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

async function apply(events: readonly CountedEvent[], outbox: Outbox, topics: TestTopics, tx: Transaction): Promise<void> {
  if (events.length === 0) return;
  const sums = new Map<string, { amount: number; cause: CountedEvent }>();
  for (const event of events) sums.set(event.key, { amount: (sums.get(event.key)?.amount ?? 0) + event.data.amount, cause: event });
  const keys = [...sums.keys()].sort();
  const totals = await tx.query<{ key: string; total: string }>({
    name: 'test_total',
    text: `WITH effects AS (INSERT INTO effect (id, key) SELECT id, key FROM unnest($1::text[], $2::text[]) AS e(id, key))
           INSERT INTO total AS t (key, total) SELECT key, amount FROM unnest($3::text[], $4::bigint[]) AS s(key, amount)
           ON CONFLICT (key) DO UPDATE SET total = t.total + EXCLUDED.total RETURNING key, total`,
    values: [events.map(({ data }) => data.id), events.map(({ key }) => key), keys, keys.map((key) => sums.get(key)!.amount)],
  });
  await outbox.publish(
    tx,
    topics.totals,
    totals.map(({ key, total }) => ({ type: 'perennial.test.summed.v1', key, data: { total: Number(total) }, time: new Date(), cause: sums.get(key)!.cause as never, fingerprint: total })),
  );
}

/** Ids of the effects in the order in which they were written. */
export async function effects(database: Database): Promise<string[]> {
  const rows = await database.query<{ id: string }>('SELECT id FROM effect ORDER BY ord');
  return rows.map(({ id }) => id);
}

export async function totals(database: Database): Promise<Record<string, number>> {
  const rows = await database.query<{ key: string; total: string }>('SELECT key, total FROM total ORDER BY key');
  return Object.fromEntries(rows.map(({ key, total }) => [key, Number(total)]));
}

export function messagingDatabase(): Promise<TestDatabase> {
  return testDatabase({ migrations: [...messagingMigrations, createTables], poolSize: 12 });
}

/** A database that counts its statements, transaction control included. */
export class CountingDatabase extends Database {
  statements: string[] = [];
  transactions = 0;

  constructor(private readonly inner: Database) {
    super();
  }

  get dataSource(): Database['dataSource'] {
    return this.inner.dataSource;
  }
  query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]> {
    return this.inner.query<Row>(statement);
  }
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.transactions++;
    return this.inner.transaction((tx) =>
      work({
        afterCommit: (effect) => tx.afterCommit(effect),
        query: <Row>(statement: Statement | string) => {
          this.statements.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
          return tx.query<Row>(statement);
        },
      }),
    );
  }
}

const silent: LoggerService = { log: () => undefined, error: () => undefined, warn: () => undefined };
