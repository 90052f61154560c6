import { jest } from '@jest/globals';
import { Body, Controller, Get, Inject, Injectable, Logger, Module, Post, Res } from '@nestjs/common';
import { accountsTopic, usersTopic } from '@perennial/contracts/topics';
import { Consumes, PoisonRecord, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CurrentPrincipal, RequireScope, type Principal } from '../src/access.js';
import { Clock } from '../src/clock.js';
import { DueWorkNudge, RunsDueWork, type DueWork } from '../src/due-work.js';
import { ConfigFaults } from '../src/environment.js';
import { Idempotent, once, type IdempotentCall } from '../src/idempotency.js';
import { CONFIG, type ServiceDefinition } from '../src/service.js';

class CreateGreetings1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE greeting (id text PRIMARY KEY, due_at timestamptz NOT NULL, done_at timestamptz)');
    await runner.query('CREATE TABLE seen_user (id text PRIMARY KEY)');
  }
  async down(): Promise<void> {}
}

class NewGreeting {
  @IsString() id!: string;
  @IsString() dueAt!: string;
}

@Controller('api/v1/greetings')
class GreetingsController {
  constructor(private readonly database: Database, private readonly nudge: DueWorkNudge, @Inject(CONFIG) private readonly config: { greeting: string }, private readonly logger: Logger) {}

  @Post() @RequireScope('accounts:write')
  create(@Body() { id, dueAt }: NewGreeting, @Idempotent() call: IdempotentCall | null, @CurrentPrincipal() who: Principal): Promise<object> {
    return this.database.transaction((tx) => once(tx, call, async () => {
      await tx.query({ text: 'INSERT INTO greeting (id, due_at) VALUES ($1, $2)', values: [id, dueAt] });
      tx.afterCommit(() => this.nudge.nudge());
      this.logger.log({ msg: 'greeting planned', account_id: id });
      return { id, text: this.config.greeting, by: who.sub };
    }));
  }

  @Get('slow') @RequireScope('accounts:read')
  async slow(): Promise<object> {
    await sleep(400);
    return { done: true };
  }

  @Get('endless') @RequireScope('accounts:read')
  endless(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: x\n\n');
  }
}

/** Tells each greeting at its time: publishes an account named by it. */
@Injectable()
@RunsDueWork()
class TellGreetings implements DueWork {
  constructor(private readonly database: Database, private readonly outbox: Outbox) {}
  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ due: Date | null }>('SELECT min(due_at) AS due FROM greeting WHERE done_at IS NULL');
    return row?.due ?? null;
  }
  async runDue(now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const due = await tx.query<{ id: string }>({ text: 'UPDATE greeting SET done_at = $1 WHERE due_at <= $1 AND done_at IS NULL RETURNING id', values: [now] });
      const nothing = { name: null, segment: null, tier: null, region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, aliases: [], mergedInto: null, goLive: null, traits: {}, stakeholders: [] };
      await this.outbox.publish(tx, accountsTopic, due.map(({ id }) => ({ type: 'perennial.account.changed.v1', key: id, data: { ...nothing, id, createdAt: now.toISOString() }, time: now })));
    });
  }
}

@Injectable()
@Consumes(usersTopic)
class SeeUsers implements BatchHandler<typeof usersTopic> {
  constructor(private readonly clock: Clock) {}
  async handle({ events }: EventBatch<typeof usersTopic>, tx: Transaction): Promise<void> {
    const bad = events.find(({ data }) => data.email === 'poison@example.com');
    if (bad) throw new PoisonRecord('bad_user', `cannot take ${bad.data.email} at ${this.clock.now().toISOString()}`, bad);
    await tx.query({ text: 'INSERT INTO seen_user (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', values: [events.map(({ data }) => data.id)] });
  }
}

@Module({ controllers: [GreetingsController], providers: [TellGreetings, SeeUsers] })
class GreetingsModule {}

const greetings: ServiceDefinition<{ greeting: string }> = {
  name: 'greetings',
  module: GreetingsModule,
  entities: [],
  migrations: [CreateGreetings1700000000001],
  writes: [accountsTopic],
  clearDerived: async (tx) => void (await tx.query('DELETE FROM seen_user')),
  parseConfig: (env) => ({ config: { greeting: env['GREETING'] ?? 'hello' }, faults: env['GREETING'] === 'hunter2' ? ['GREETING must be polite', 'OTHER is required'] : [] }),
};

const user = (id: string, version: number, email = `${id}@example.com`) => ({ type: 'perennial.user.changed.v1' as const, key: id, data: { id, email, name: null, role: 'csm' as const, active: true, version } });
const operate = { scopes: ['operate' as const] };

jest.setTimeout(30_000);
let service: TestService;
beforeAll(async () => {
  service = await startTestService(greetings, { env: { GREETING: 'servus' } });
}, 60_000);
afterAll(() => service.stop());

describe('a service', () => {
  it('runs requests, due work, outbox and consumers on the clock it was given', async () => {
    const answer = await service.request('POST', '/api/v1/greetings', { scopes: ['accounts:write'], sub: 'anna', body: { id: 'acme', dueAt: '2026-03-05T10:00:00Z' } });
    expect(answer).toMatchObject({ status: 201, body: { id: 'acme', text: 'servus', by: 'anna' } });
    await service.settle();
    expect(await service.published(accountsTopic)).toEqual([]);

    await service.advance('2026-03-05T10:00:00Z');
    expect(await service.published(accountsTopic)).toMatchObject([{ key: 'acme', data: { id: 'acme', createdAt: '2026-03-05T10:00:00.000Z' }, envelope: { source: expect.stringContaining('greetings') } }]);

    await service.publish(usersTopic, [user('u1', 1), user('u2', 1)]);
    await service.settle();
    expect(await service.running.get(Database).query('SELECT id FROM seen_user ORDER BY id')).toEqual([{ id: 'u1' }, { id: 'u2' }]);
  });

  it('answers a call with an Idempotency-Key once', async () => {
    const call = () => service.request('POST', '/api/v1/greetings', { scopes: ['accounts:write'], headers: { 'idempotency-key': 'k1' }, body: { id: 'twice', dueAt: '2027-01-01T00:00:00Z' } });
    const first = await call();
    expect(first.status).toBe(201);
    expect(await call()).toMatchObject({ status: 201, body: first.body });
  });

  it('tells its probes, metrics and OpenAPI 3.1 document', async () => {
    expect(await service.request('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await service.request('GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
    const metrics = await service.request<string>('GET', '/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.body).toMatch(/http_server_request_duration_seconds_count\{[^}]*http_route="\/api\/v1\/greetings"[^}]*\} \d/);
    expect(metrics.body).toContain('messaging_process_duration_seconds');
    const document = await service.request('GET', '/internal/openapi.json');
    expect(document.body).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/greetings': { post: { responses: { default: {} } } } }, components: { schemas: { NewGreeting: {}, Problem: {} } } });
    expect(Object.keys(document.body.paths as object)).not.toContain('/internal/pipeline');
  });

  it('tells lag, outbox and dead letters, and replays them', async () => {
    await service.publish(usersTopic, [user('bad', 1, 'poison@example.com'), user('good', 1)]);
    await service.settle();
    const { body } = await service.request('GET', '/internal/pipeline', operate);
    expect(body).toMatchObject({ name: 'greetings', ready: true, missing: [], outbox: 0, parked: 0, topics: [{ topic: usersTopic.name, lag: 0, oldestSeconds: 0, deadLetters: 1 }] });
    await service.running.get(Database).query(`INSERT INTO messaging_outbox (topic, headers, parked_at, parked_reason) VALUES ('x', '{}', now(), 'too large')`);
    expect((await service.request('GET', '/internal/pipeline', operate)).body).toMatchObject({ outbox: 0, parked: 1 });
    await service.running.get(Database).query('DELETE FROM messaging_outbox WHERE parked_at IS NOT NULL');

    const list = await service.request('GET', '/internal/dead-letters', operate);
    expect(list.body).toMatchObject({ object: 'list', hasMore: false, data: [{ service: 'greetings', topic: usersTopic.name, class: 'poison', code: 'bad_user', state: 'dead', offset: expect.stringMatching(/^\d+$/) }] });
    expect(JSON.stringify(list.body)).not.toContain('poison@example.com');
    const [letter] = list.body.data as { id: string }[];
    expect(await service.request('GET', `/internal/dead-letters/${letter!.id}`, operate)).toMatchObject({
      status: 200,
      body: { id: letter!.id, key: 'bad', headers: { ce_type: 'perennial.user.changed.v1', 'ce_specversion': '1.0' }, payload: { email: 'poison@example.com' } },
    });
    expect((await service.request('GET', `/internal/dead-letters/${letter!.id}`, { scopes: ['accounts:read'] })).status).toBe(403);
    expect(await service.request('GET', '/internal/dead-letters/nope', operate)).toMatchObject({ status: 404 });
    expect(await service.request('POST', '/internal/dead-letters/replay', { ...operate, body: { dryRun: true } })).toMatchObject({ status: 200, body: { ids: [letter!.id], dryRun: true } });
    expect((await service.request('GET', '/internal/dead-letters', { scopes: ['accounts:read'] })).status).toBe(403);
    expect((await service.request('GET', '/internal/dead-letters')).status).toBe(401);
  });

  it('rebuilds what the log can fill again', async () => {
    await service.running.get(Database).query(`INSERT INTO seen_user VALUES ('of-old')`);
    expect(await service.request('POST', '/internal/rebuild', operate)).toMatchObject({ status: 202, body: { epoch: 1, partial: [] } });
    for (let i = 0; i < 200 && (await service.request('GET', '/internal/rebuild', operate)).body.running; i++) await sleep(50);
    await service.settle();
    expect(await service.running.get(Database).query('SELECT id FROM seen_user ORDER BY id')).toEqual([{ id: 'good' }, { id: 'u1' }, { id: 'u2' }]);
  });
});

describe('start and end', () => {
  it('tells every fault of the settings by name at once, never a value', async () => {
    const error = await startTestService(greetings, { env: { GREETING: 'hunter2', DUE_WORK_POLL_MS: 'soon' } }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigFaults);
    expect((error as ConfigFaults).faults).toEqual([expect.stringContaining('DUE_WORK_POLL_MS'), 'GREETING must be polite', 'OTHER is required']);
    expect((error as Error).message).not.toMatch(/hunter2|soon/);
  });

  it('finishes requests in flight while it drains, is not ready meanwhile, and goes on with its database later', async () => {
    const one = await startTestService(greetings);
    const url = one.running.url;
    const slow = one.request('GET', '/api/v1/greetings/slow', { scopes: ['accounts:read'] });
    await sleep(100);
    one.running.leave();
    expect((await one.request('GET', '/health/ready')).status).toBe(503);
    await one.stop({ keep: true });
    expect(await slow).toMatchObject({ status: 200, body: { done: true } });
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    const again = await startTestService(greetings, { databaseUrl: one.databaseUrl });
    expect(await again.running.ready()).toBe(true);
    await again.stop();
  });

  it('cuts what never ends by itself, at the deadline', async () => {
    const one = await startTestService(greetings);
    const endless = one.request('GET', '/api/v1/greetings/endless', { scopes: ['accounts:read'] }).catch(() => 'cut');
    await sleep(100);
    await one.stop();
    expect(await endless).toBe('cut');
  }, 30_000);

  it('runs several of a kind in one process without mixing them', async () => {
    const [a, b] = await Promise.all([startTestService(greetings, { env: { GREETING: 'a' } }), startTestService({ ...greetings, name: 'greetings-b' }, { env: { GREETING: 'b' } })]);
    const call = (one: TestService) => one.request('POST', '/api/v1/greetings', { scopes: ['accounts:write'], body: { id: 'x', dueAt: '2027-01-01T00:00:00Z' } });
    expect([(await call(a)).body.text, (await call(b)).body.text]).toEqual(['a', 'b']);
    await Promise.all([a.stop(), b.stop()]);
  });
});
