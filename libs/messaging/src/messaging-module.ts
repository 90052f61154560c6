import { Module, type DynamicModule, type FactoryProvider, type InjectionToken } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Database } from '@perennial/persistence/transaction';
import { ConsumerOffsets } from './consumer-offsets.js';
import { ConsumerProgress } from './consumer-progress.js';
import { DeadLetters } from './dead-letters.js';
import { EVENT_LOG, type EventLog } from './event-log.js';
import { EventLogTransport } from './event-log-transport.js';
import { EventTraces } from './event-traces.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import { Outbox } from './outbox.js';
import { OutboxRelay } from './outbox-relay.js';
import { PostgresOutbox } from './postgres-outbox.js';
import { Rebuild } from './rebuild.js';
import { RelayNudge } from './relay-nudge.js';

const provide = <A extends unknown[]>(token: InjectionToken, inject: InjectionToken[], make: (...args: A) => unknown): FactoryProvider => ({
  provide: token,
  inject,
  useFactory: (...args: unknown[]) => make(...(args as A)),
});

/**
 * The messaging of one service. `EVENT_LOG` and `Database` come from a global module. After `init`:
 * `app.connectMicroservice({ strategy: app.get(EventLogTransport) })`, `startAllMicroservices`, then
 * `app.get(OutboxRelay).start()`. `app.close()` ends the consumers first and then the relay; the
 * database must outlive it.
 */
@Module({})
export class MessagingModule {
  static register(options: MessagingOptions): DynamicModule {
    const providers = [
      { provide: MESSAGING_OPTIONS, useValue: options },
      EventTraces,
      RelayNudge,
      provide(ConsumerOffsets, [Database], (database: Database) => new ConsumerOffsets(database)),
      provide(Outbox, [EventTraces, RelayNudge], (traces: EventTraces, nudge: RelayNudge) => new PostgresOutbox(options.service, traces, nudge)),
      provide(OutboxRelay, [Database, EVENT_LOG, RelayNudge], (database: Database, log: EventLog, nudge: RelayNudge) => new OutboxRelay(database, log, nudge, options.flushMs ?? 5_000)),
      provide(
        EventLogTransport,
        [EVENT_LOG, Database, ConsumerOffsets, EventTraces, RelayNudge, DiscoveryService],
        (log: EventLog, database: Database, offsets: ConsumerOffsets, traces: EventTraces, nudge: RelayNudge, discovery: DiscoveryService) => new EventLogTransport(options, log, database, offsets, traces, nudge, discovery),
      ),
      provide(
        ConsumerProgress,
        [EVENT_LOG, ConsumerOffsets, EventLogTransport],
        (log: EventLog, offsets: ConsumerOffsets, transport: EventLogTransport) => new ConsumerProgress(log, offsets, transport, options.stalledAfterMs ?? 30_000),
      ),
      provide(DeadLetters, [Database, EVENT_LOG], (database: Database, log: EventLog) => new DeadLetters(options.service, database, log)),
      provide(
        Rebuild,
        [Database, EVENT_LOG, EventLogTransport, ConsumerOffsets, RelayNudge],
        (database: Database, log: EventLog, transport: EventLogTransport, offsets: ConsumerOffsets, nudge: RelayNudge) => new Rebuild(database, log, transport, offsets, nudge),
      ),
    ];
    return { module: MessagingModule, global: true, imports: [DiscoveryModule], providers, exports: [EventTraces, Outbox, OutboxRelay, EventLogTransport, ConsumerProgress, DeadLetters, Rebuild] };
  }
}
