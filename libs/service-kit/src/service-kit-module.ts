import { Logger, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import { EVENT_LOG } from '@perennial/messaging/event-log';
import { MessagingModule } from '@perennial/messaging/messaging-module';
import { OutboxRelay } from '@perennial/messaging/outbox-relay';
import { Database } from '@perennial/persistence/transaction';
import type { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { Clock } from './clock.js';
import { DueWorkNudge, RUNS_DUE_WORK, type DueWork } from './due-work.js';
import type { DueWorkRunner } from './due-work-runner.js';
import { NestLogger } from './logging.js';
import { EraseDeadLetters } from './operations/erase-dead-letters.js';
import { HealthController } from './operations/health-controller.js';
import { GuardedMetricsController, MetricsController } from './operations/metrics-controller.js';
import { OperationsController } from './operations/operations-controller.js';
import { Pipeline } from './operations/pipeline-report.js';
import { PurgeDeadLetters } from './operations/purge-dead-letters.js';
import { Readiness } from './operations/readiness.js';
import { ServiceGauges } from './operations/service-gauges.js';
import { CLEAR_DERIVED } from './operations/rebuildable.js';
import { CONFIG, type Platform, type ServiceDefinition } from './service.js';
import { ServiceState } from './service-state.js';

export interface KitParts {
  readonly definition: ServiceDefinition;
  readonly platform: Platform;
  readonly database: TypeOrmDatabase;
  readonly config: object;
  readonly state: ServiceState;
  readonly runner: DueWorkRunner;
  /** How long dead letters are kept after they were settled, days. */
  readonly deadLettersKeptDays: number;
}

/** What every service may inject, whatever its own module is made of. */
@Module({})
export class ServiceKitModule {
  static register({ definition, platform, database, config, state, runner, deadLettersKeptDays }: KitParts): DynamicModule {
    const { name } = definition;
    const shared: Provider[] = [
      { provide: Clock, useValue: platform.clock },
      { provide: EVENT_LOG, useValue: platform.eventLog },
      { provide: Database, useValue: database },
      { provide: CONFIG, useValue: config },
      { provide: DueWorkNudge, useValue: runner },
      { provide: Logger, useValue: new NestLogger(platform.logger) },
      { provide: Readiness, inject: [ConsumerProgress], useFactory: (progress: ConsumerProgress) => new Readiness(state, database, progress) },
      {
        provide: Pipeline,
        inject: [ConsumerProgress, OutboxRelay, DeadLetters, Readiness],
        useFactory: (progress: ConsumerProgress, relay: OutboxRelay, letters: DeadLetters, readiness: Readiness) => new Pipeline(name, platform.eventLog, progress, relay, letters, readiness),
      },
    ];
    const gauges = {
      provide: ServiceGauges,
      inject: [ConsumerProgress, OutboxRelay, DeadLetters],
      useFactory: (progress: ConsumerProgress, relay: OutboxRelay, deadLetters: DeadLetters) => new ServiceGauges({ service: name, progress, relay, deadLetters, database, dueWork: runner }),
    };
    const purge = { provide: PurgeDeadLetters, inject: [DeadLetters], useFactory: (letters: DeadLetters) => new PurgeDeadLetters(letters, platform.clock, deadLettersKeptDays) };
    const erase = { provide: EraseDeadLetters, inject: [DeadLetters], useFactory: (letters: DeadLetters) => new EraseDeadLetters(letters, platform.clock) };
    return {
      module: ServiceKitModule,
      global: true,
      imports: [DiscoveryModule, MessagingModule.register({ service: name })],
      controllers: [HealthController, definition.isPublicOrigin === true ? GuardedMetricsController : MetricsController, OperationsController],
      providers: [...shared, gauges, purge, erase, { provide: CLEAR_DERIVED, useValue: definition.clearDerived ?? null }],
      exports: shared.map((provider) => (typeof provider === 'function' ? provider : provider.provide)),
    };
  }
}

/** Providers of a service that carry `@RunsDueWork()`, however they were provided. */
export function dueWorkOf(discovery: DiscoveryService): DueWork[] {
  const found = new Set<DueWork>();
  for (const { instance } of discovery.getProviders() as { instance: unknown }[]) {
    if (typeof instance !== 'object' || instance === null) continue;
    if (Reflect.getMetadata(RUNS_DUE_WORK, instance.constructor) === true) found.add(instance as DueWork);
  }
  return [...found];
}
