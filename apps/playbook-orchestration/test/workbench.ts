import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { messagingMigrations } from '@perennial/messaging/messaging-migrations';
import { Outbox, type EventDraft } from '@perennial/messaging/outbox';
import { Transient } from '@perennial/persistence/errors';
import { Database, type Statement, type Transaction } from '@perennial/persistence/transaction';
import { kitMigrations } from '@perennial/service-kit/kit-migrations';
import { testDatabase } from '@perennial/testing/postgres';
import { Desks } from '../src/application/desks.js';
import { FireTimers } from '../src/application/fire-timers.js';
import { PlaybookShelf } from '../src/application/playbook-shelf.js';
import { DateHolidaysCalendar } from '../src/holidays/date-holidays-calendar.js';
import { CreatePlaybookTables1700000000001 } from '../src/persistence/migrations/create-playbook-tables.js';
import { PostgresOrchestrationStore } from '../src/persistence/postgres-orchestration-store.js';
import { PostgresPlaybookStore } from '../src/persistence/postgres-playbook-store.js';
import { PostgresTimerQueue } from '../src/persistence/postgres-timer-queue.js';
import { PostgresWorkList } from '../src/persistence/postgres-work-list.js';

/** Keeps what was published, once the transaction is through. */
export class KeepingOutbox extends Outbox {
  readonly published: { topic: string; type: string; key: string; data: object }[] = [];

  override async publish<T extends AnyTopic>(tx: Transaction, topic: T, drafts: readonly EventDraft<T>[]): Promise<(number | null)[]> {
    if (drafts.length === 0) return [];
    // Two statements, as the real one.
    await tx.query('SELECT 1');
    await tx.query('SELECT 2');
    const plain = drafts as readonly { type: string; key: string; data: object }[];
    tx.afterCommit(() => this.published.push(...plain.map(({ type, key, data }) => ({ topic: topic.stream, type, key, data }))));
    return plain.map((_, place) => place + 1);
  }
}

/** Counts statements, and may break at the end of a transaction as a killed process would, or a database that is away. */
export class WatchedDatabase extends Database {
  statements = 0;
  breakAt: 'begin' | 'before-commit' | 'after-commit' | null = null;

  constructor(private readonly inner: Database) {
    super();
  }

  get dataSource() {
    return this.inner.dataSource;
  }

  query<Row = Record<string, unknown>>(statement: Statement | string): Promise<Row[]> {
    return this.inner.query<Row>(statement);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.breakAt === 'begin') throw new Transient('no connection');
    const result = await this.inner.transaction(async (tx) => {
      const worked = await work(this.counting(tx));
      if (this.breakAt === 'before-commit') throw new Error('killed before the commit');
      return worked;
    });
    if (this.breakAt === 'after-commit') throw new Error('killed after the commit');
    return result;
  }

  private counting(tx: Transaction): Transaction {
    return {
      afterCommit: (effect) => tx.afterCommit(effect),
      query: <Row>(statement: Statement | string) => {
        this.statements += 1;
        return tx.query<Row>(statement);
      },
    };
  }
}

/** The service's parts on a database of their own, without consumers and HTTP. */
export async function workbench(config = { timerBatch: 500, timerLeaseSeconds: 30, observe: false }) {
  const base = await testDatabase({ migrations: [...kitMigrations, ...messagingMigrations, CreatePlaybookTables1700000000001] });
  const database = new WatchedDatabase(base.database);
  const store = new PostgresOrchestrationStore();
  const timers = new PostgresTimerQueue(database);
  const shelf = new PlaybookShelf(new PostgresPlaybookStore(database));
  await shelf.onModuleInit();
  const outbox = new KeepingOutbox();
  const desks = new Desks({ observe: false }, store, shelf, new DateHolidaysCalendar(), outbox, { nudge: () => undefined });
  const fireTimers = () => new FireTimers(database, timers, desks, config);
  return { database, store, timers, outbox, desks, fireTimers, workList: new PostgresWorkList(database), dispose: () => base.dispose() };
}

/** An event as the consumer hands it over. */
export function received<T extends AnyTopic>(topic: T, event: EventOf<T>, key: string, version: number, time = '2026-11-24T09:00:00.000Z'): ReceivedEvent<T> {
  const envelope = { id: `${topic.stream}/${key}/${version}`, source: '/test', time, subject: key, causationId: null, causationDepth: 0, traceparent: null };
  return { ...event, envelope, key, version, partition: 0, offset: BigInt(version), receivedAt: new Date(time) };
}
