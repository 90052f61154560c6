import { type OnApplicationShutdown } from '@nestjs/common';
import { metrics, type BatchObservableCallback, type BatchObservableResult, type Observable } from '@opentelemetry/api';
import type { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import type { DeadLetters } from '@perennial/messaging/dead-letters';
import type { OutboxRelay } from '@perennial/messaging/outbox-relay';
import type { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import type { DueWorkRunner } from '../due-work-runner.js';

export interface MeasuredParts {
  readonly service: string;
  readonly progress: ConsumerProgress;
  readonly relay: OutboxRelay;
  readonly deadLetters: DeadLetters;
  readonly database: TypeOrmDatabase;
  readonly dueWork: DueWorkRunner;
}

/**
 * What waits in one service, read when somebody scrapes. Services of one process share the gauges and are told
 * apart by their labels. A figure that cannot be read is absent from that scrape.
 */
export class ServiceGauges implements OnApplicationShutdown {
  private readonly meter = metrics.getMeter('@perennial/service-kit');
  private readonly watched: [BatchObservableCallback, Observable[]][] = [];

  constructor(private readonly parts: MeasuredParts) {}

  /** From now on scrapes ask this service too; its consumers and due work run. */
  start(): void {
    const gauge = (name: string, description: string, unit?: string): Observable => this.meter.createObservableGauge(name, { description, ...(unit === undefined ? {} : { unit }) });
    const { service, database, relay } = this.parts;

    const lag = gauge('perennial.consumer.group.lag', 'Records appended and not applied yet. Every replica tells all partitions of its groups.');
    this.watch([lag], async (result) => {
      for (const entry of await this.parts.progress.lag()) {
        result.observe(lag, entry.lag, { 'messaging.consumer.group.name': entry.group, 'messaging.destination.name': entry.topic, 'messaging.destination.partition.id': String(entry.partition) });
      }
    });

    const outbox = gauge('perennial.outbox.rows', 'Rows of the outbox: waiting to be sent, or parked because the log refused them for good.');
    this.watch([outbox], async (result) => {
      result.observe(outbox, await relay.pending(), { service, state: 'waiting' });
      result.observe(outbox, await relay.parked(), { service, state: 'parked' });
    });

    const dead = gauge('perennial.dead_letters.waiting', 'Dead letters that wait for somebody.');
    this.watch([dead], async (result) => {
      const waiting = await this.parts.deadLetters.deadByTopic();
      const topics = new Set([...this.parts.progress.topics(), ...waiting.keys()]);
      for (const topic of topics) result.observe(dead, waiting.get(topic) ?? 0, { service, 'messaging.destination.name': topic });
    });

    const late = gauge('perennial.due_work.lateness', 'How long the earliest work that is due has been due, by business time; 0 when none is.', 's');
    this.watch([late], async (result) => {
      for (const { work, seconds } of await this.parts.dueWork.lateness()) result.observe(late, seconds, { service, work });
    });

    const connections = gauge('perennial.database.connections', 'Connections of the pool: idle, used, and callers waiting for one.');
    this.watch([connections], (result) => {
      for (const [state, count] of Object.entries(database.connections)) result.observe(connections, count, { service, state });
    });
  }

  onApplicationShutdown(): void {
    for (const [read, gauges] of this.watched.splice(0)) this.meter.removeBatchObservableCallback(read, gauges);
  }

  private watch(gauges: Observable[], read: (result: BatchObservableResult) => Promise<void> | void): void {
    this.meter.addBatchObservableCallback(read, gauges);
    this.watched.push([read, gauges]);
  }
}
