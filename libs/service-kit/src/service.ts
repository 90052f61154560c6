import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import type { AnyTopic } from '@perennial/contracts/topic';
import type { EventLog } from '@perennial/messaging/event-log';
import type { Logger } from 'pino';
import type { MigrationInterface } from 'typeorm';
import type { Clock } from './clock.js';

type Class = new (...args: never[]) => object;

/** What a service is, for whoever composes it: its own `main.ts`, the command line, a test. */
export interface ServiceDefinition<Config extends object = object> {
  /** e.g. `health-scoring`: database role, consumer groups, log lines, token audience. */
  readonly name: string;
  readonly module: Type<unknown> | DynamicModule;
  /** Listed one by one: TypeORM's static registries are shared by all services of a process. */
  readonly entities: readonly Class[];
  /** Migrations of the service alone; those of messaging and the kit are added. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Topics it writes (created at start if missing). */
  readonly writes: readonly AnyTopic[];
  /** Environment -> settings of this service; `faults` lists everything wrong, by variable name. */
  parseConfig(env: Readonly<Record<string, string | undefined>>): { config: Config; faults: string[] };
}

/** What surrounds a service in a process. */
export interface Platform {
  readonly eventLog: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** postgres:// URL of the service's own database and role, or socket form. */
  readonly databaseUrl: string;
  /** Ed25519 public key (JWK JSON) that identity tokens are verified with. */
  readonly identityPublicKey: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LagReport {
  readonly topic: string;
  readonly partition: number;
  readonly lag: number;
}

/** A started service. */
export interface RunningService {
  readonly name: string;
  /** http://host:port */
  readonly url: string;
  /** Raw request handler, for mounting its routes on another server of the same process. */
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void;
  /** True when its outbox is empty, its consumers have no lag and no due work waits at the clock's now. */
  settled(): Promise<boolean>;
  /** Earliest due work by business time. */
  nextDueAt(): Promise<Date | null>;
  /** Wakes due work after the clock moved. */
  nudge(): void;
  ready(): Promise<boolean>;
  /** Drains: not ready, HTTP finishes, consumers finish, relay flushes, pools close. */
  close(): Promise<void>;
}

/** Nest injection token of the service's own typed config. */
export const CONFIG = Symbol('Config');
