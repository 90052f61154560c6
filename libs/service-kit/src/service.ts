import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnyTopic } from '@perennial/contracts/topic';
import type { EventLog } from '@perennial/messaging/event-log';
import type { Logger } from 'pino';
import type { MigrationInterface } from 'typeorm';
import type { AccessGuard, Authenticate } from './access-guard.js';
import type { Clock } from './clock.js';
import type { ProblemException } from './http/problem.js';
import type { TableRoute } from './http/raw-route.js';
import type { ClearDerived } from './operations/rebuildable.js';

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
  /** Empties every table that the log can fill again, for `perennial rebuild`; absent where there is none. */
  readonly clearDerived?: ClearDerived;
  /** It is reached from outside, the others through it: its `/metrics` need the scope `operate`. */
  readonly isPublicOrigin?: boolean;
  /** How an error that the service alone knows is answered over HTTP; null: it does not know it either. */
  readonly problemOf?: (error: unknown) => ProblemException | null;
  /** Environment -> settings of this service; `faults` lists everything wrong, by variable name. */
  parseConfig(env: Readonly<Record<string, string | undefined>>): { config: Config; faults: string[] };
  /**
   * Adds Fastify plugins and raw routes before the service starts. A raw route says who may call it in
   * `config.access` (`public` or a scope), or the start fails; one that knows its callers in more than one
   * way is public and asks `guard` itself.
   */
  configureHttp?(app: NestFastifyApplication, config: Config, guard: AccessGuard): void | Promise<void>;
  /** How callers are known; without it by the gateway's identity token. */
  authenticate?(app: NestFastifyApplication): Authenticate;
}

/** A raw handler that takes some addresses of a server before the service behind it sees them. */
export interface Mount {
  matches(url: string): boolean;
  routing(request: IncomingMessage, response: ServerResponse): void;
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
  readonly mount?: Mount;
  /** Database connections at most; default 10. */
  readonly poolSize?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A started service. */
export interface RunningService {
  readonly name: string;
  /** http://host:port */
  readonly url: string;
  /** Every route it answers, with who may call it. */
  readonly routes: readonly TableRoute[];
  /** Raw request handler, for mounting its routes on another server of the same process. */
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void;
  /** True when its outbox is empty, its consumers have no lag and no due work waits at the clock's now. */
  settled(): Promise<boolean>;
  /** Earliest due work by business time. */
  nextDueAt(): Promise<Date | null>;
  /** Wakes due work after the clock moved. */
  nudge(): void;
  ready(): Promise<boolean>;
  /** A provider of the service, for whoever composes it (first credentials, tests). */
  get<T>(token: Type<T> | (abstract new (...args: never[]) => T) | symbol | string): T;
  /** Tells the probes that the service is leaving; it goes on working until `close`. */
  leave(): void;
  /** Drains: not ready, HTTP finishes, consumers finish, relay flushes, pools close. */
  close(): Promise<void>;
}

/** Nest injection token of the service's own typed config. */
export const CONFIG = Symbol('Config');
