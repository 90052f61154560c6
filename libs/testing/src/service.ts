import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRecord, encodeHeaders, type Envelope, type Headers } from '@perennial/contracts/cloud-event';
import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import { topicSpec, type EventLog } from '@perennial/messaging/event-log';
import type { Principal, Scope } from '@perennial/service-kit/access';
import { TestClock, type Clock } from '@perennial/service-kit/clock';
import type { Environment } from '@perennial/service-kit/environment';
import { IdentityTokenSigner, newIdentityKeys } from '@perennial/service-kit/identity-token';
import { createLogger } from '@perennial/service-kit/logging';
import type { RunningService, ServiceDefinition } from '@perennial/service-kit/service';
import { startService } from '@perennial/service-kit/start-service';
import { testEventLog } from './event-log.js';
import { testPostgres } from './postgres.js';

export interface TestServiceOptions {
  /** Default: a TestClock at 2026-03-02T09:00:00Z, a Monday. */
  readonly clock?: Clock;
  /** Default: the log in Postgres, in a database of its own. */
  readonly eventLog?: EventLog;
  /** Settings of the service. */
  readonly env?: Environment;
  /** Start on the database of a service that was closed with `keep`. */
  readonly databaseUrl?: string;
  /** Where its log goes, a line at a time; nowhere unless told otherwise. */
  readonly logTo?: { write(line: string): void };
}

export interface TestRequest {
  /** Scopes of the caller; without any the call carries no token. */
  readonly scopes?: readonly Scope[];
  readonly sub?: string;
  readonly role?: string | null;
  readonly body?: unknown;
  /** A body that is sent as it is, in place of `body`. */
  readonly bytes?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What `JSON.parse` gives: tests look into answers of every shape. */
export type Json = ReturnType<JSON['parse']>;

export interface TestResponse<Body = Json> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, else text. */
  readonly body: Body;
}

/** An event to put on an input topic: what its producer would have written. */
export type TestEvent<T extends AnyTopic> = EventOf<T> & {
  readonly key: string;
  /** Business time of the event; default the clock's now. */
  readonly time?: Date;
  readonly id?: string;
  readonly subject?: string | null;
  readonly headers?: Headers;
};

export type PublishedEvent<T extends AnyTopic> = EventOf<T> & { readonly key: string; readonly envelope: Envelope; readonly partition: number };

const settleMs = 20_000;

/** A service under test on a fresh database: the same code that runs in production, time in the test's hand. */
export class TestService {
  private readonly ownTopics = new Set<string>();
  private constructor(
    readonly running: RunningService,
    readonly clock: Clock,
    readonly eventLog: EventLog,
    readonly databaseUrl: string,
    private readonly signer: IdentityTokenSigner,
    private readonly end: (keep: boolean) => Promise<void>,
  ) {}

  static async start(definition: ServiceDefinition, options: TestServiceOptions = {}): Promise<TestService> {
    const postgres = await testPostgres();
    const clock = options.clock ?? new TestClock(new Date('2026-03-02T09:00:00Z'));
    const databaseUrl = options.databaseUrl ?? (await postgres.emptyDatabase());
    const ownLog = options.eventLog ? null : await testEventLog();
    const eventLog = options.eventLog ?? ownLog?.eventLog;
    if (!eventLog) throw new Error('no event log');
    const keys = await newIdentityKeys();
    const logger = options.logTo ? createLogger({ destination: options.logTo }) : createLogger({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    const running = await startService(definition, { eventLog, clock, logger, databaseUrl, identityPublicKey: keys.publicJwk, host: '127.0.0.1', port: 0, env: options.env ?? {} });
    const signer = await IdentityTokenSigner.fromJwk(keys.privateJwk);
    return new TestService(running, clock, eventLog, databaseUrl, signer, async (keep) => {
      await running.close();
      await ownLog?.dispose();
      if (!keep) await postgres.drop(databaseUrl);
    });
  }

  /** Calls the service as the gateway would, with an identity token of `scopes`. */
  async request<Body = Json>(method: string, path: string, options: TestRequest = {}): Promise<TestResponse<Body>> {
    const response = await this.fetch(method, path, options);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    if (response.status >= 400 && method !== 'HEAD') mustBeProblem(method, path, response, text);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson && text !== '' ? (JSON.parse(text) as Body) : (text as Body) };
  }

  /** The same, for answers that are streams. */
  async fetch(method: string, path: string, options: TestRequest & { readonly signal?: AbortSignal } = {}): Promise<Response> {
    const principal: Principal = { sub: options.sub ?? 'test-user', role: options.role ?? null, scopes: options.scopes ?? [] };
    return fetch(`${this.running.url}${path}`, {
      method,
      headers: {
        ...(options.scopes ? { authorization: `Bearer ${await this.signer.sign(principal, this.running.name)}` } : {}),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.bytes === undefined ? {} : { body: options.bytes, duplex: 'half' }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  /** Appends events to an input topic, as their producer would; makes the topic where it is missing. */
  async publish<T extends AnyTopic>(topic: T, events: readonly TestEvent<T>[]): Promise<void> {
    await this.ensure(topic);
    await this.eventLog.append(topic.name, events.map((event) => {
      const { type, data, key, time = this.clock.now(), id = randomUUID(), subject = key, headers = {} } = event as TestEvent<AnyTopic>;
      const envelope: Envelope = { id, source: '/test', time: time.toISOString(), subject, causationId: null, causationDepth: 0, traceparent: null };
      return { key, value: Buffer.from(JSON.stringify(data)), headers: { ...encodeHeaders(type, envelope), ...headers } };
    }));
  }

  /** Everything that stands on a topic, in the order of each partition. Throws where a record is no event of it. */
  async published<T extends AnyTopic>(topic: T): Promise<PublishedEvent<T>[]> {
    await this.ensure(topic);
    const found: PublishedEvent<T>[] = [];
    for (const { partition, low, high } of await this.eventLog.watermarks(topic.name)) {
      for (let at = low; at < high; ) {
        const records = await this.eventLog.read(topic.name, partition, at, 500);
        if (records.length === 0) break;
        for (const { key, value, headers, offset } of records) {
          const decoded = decodeRecord(topic, headers, value);
          if (!decoded.ok) throw new Error(`${topic.name}/${partition}@${offset}: ${decoded.code} ${decoded.detail}`);
          found.push({ ...decoded.event, key: key ?? '', envelope: decoded.envelope, partition });
          at = offset + 1n;
        }
      }
    }
    return found;
  }

  /** Waits until the service is settled, seen twice running. */
  async settle(timeoutMs = settleMs): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    for (let seen = 0; seen < 2; ) {
      seen = (await this.running.settled()) ? seen + 1 : 0;
      if (seen < 2 && performance.now() > giveUpAt) throw new Error(`${this.running.name} did not settle within ${timeoutMs} ms`);
      if (seen < 2) await sleep(5);
    }
  }

  /** Moves the test clock to `to`, from one due instant to the next, settling at each. */
  async advance(to: Date | string): Promise<void> {
    if (!(this.clock instanceof TestClock)) throw new Error('this service runs on another clock');
    const target = new Date(to);
    for (;;) {
      await this.settle();
      if (this.clock.now() >= target) return;
      const due = await this.running.nextDueAt();
      this.clock.advance(due !== null && due > this.clock.now() && due < target ? due : target);
      this.running.nudge();
    }
  }

  /** Closes the service and drops its database; with `keep` a later start can go on with it. */
  stop(options: { keep?: boolean } = {}): Promise<void> {
    return this.end(options.keep ?? false);
  }

  private async ensure(topic: AnyTopic): Promise<void> {
    if (this.ownTopics.has(topic.name)) return;
    await this.eventLog.ensureTopics([topicSpec(topic)]);
    this.ownTopics.add(topic.name);
  }
}

/** Whatever a service refuses, it says so as a problem with a code. */
function mustBeProblem(method: string, path: string, { status, headers }: Response, text: string): void {
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (!isProblem || typeof (JSON.parse(text) as { code?: unknown }).code !== 'string') throw new Error(`${method} ${path} answered ${status} without a problem and its code: ${text.slice(0, 500)}`);
}

/** Starts a service for a test; stop it at the end. */
export function startTestService(definition: ServiceDefinition, options: TestServiceOptions = {}): Promise<TestService> {
  return TestService.start(definition, options);
}
