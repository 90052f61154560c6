import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { OutboxRelay } from '@perennial/messaging/outbox-relay';
import type { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import type { DueWorkRunner } from './due-work-runner.js';
import type { TableRoute } from './http/raw-route.js';
import { drain } from './http/drain.js';
import { Readiness } from './operations/readiness.js';
import type { RunningService } from './service.js';
import { messagingSettled } from './service-messaging.js';
import type { ServiceState } from './service-state.js';

/** How long requests in flight may take once a service closes, in ms. */
const drainMs = 7_000;

/** A service that listens; `startService` makes it. */
export class StartedService implements RunningService {
  private closing: Promise<void> | undefined;
  constructor(
    readonly name: string,
    readonly app: NestFastifyApplication,
    readonly routes: readonly TableRoute[],
    private readonly database: TypeOrmDatabase,
    private readonly runner: DueWorkRunner,
    private readonly state: ServiceState,
  ) {}

  get url(): string {
    const address = this.app.getHttpServer().address() as AddressInfo;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${address.port}`;
  }

  readonly routing = (request: IncomingMessage, response: ServerResponse): void => {
    this.app.getHttpAdapter().getInstance().routing(request, response);
  };

  async settled(): Promise<boolean> {
    // Due work writes to the outbox and consumers plan due work, so what flows is asked before and after.
    return (await this.quiet()) && (await this.runner.settled()) && (await this.quiet());
  }

  private quiet(): Promise<boolean> {
    return messagingSettled(this.get(OutboxRelay), this.get(ConsumerProgress));
  }

  nextDueAt(): Promise<Date | null> {
    return this.runner.nextDueAt();
  }

  nudge(): void {
    this.runner.nudge();
  }

  async ready(): Promise<boolean> {
    return (await this.app.get(Readiness).missing()).length === 0;
  }

  get<T>(token: Type<T> | (abstract new (...args: never[]) => T) | symbol | string): T {
    return this.app.get<T>(token, { strict: false });
  }

  leave(): void {
    this.state.draining = true;
  }

  close(): Promise<void> {
    return (this.closing ??= this.drainAndClose());
  }

  /** Order: not ready, no new due work, HTTP, consumers, what is left in the outbox (both by Nest), the pool. */
  private async drainAndClose(): Promise<void> {
    this.leave();
    await this.runner.stop();
    await drain(this.app.getHttpServer(), () => this.app.close(), drainMs);
    await this.database.close();
  }
}
