import { jest } from '@jest/globals';
import { accountsTopic, riskChangesTopic, sourcesTopic } from '@perennial/contracts/topics';
import type { AnyTopic, EventOf } from '@perennial/contracts/topic';
import type { BatchHandler, EventBatch, ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { Database, type Statement, type Transaction } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnnounceRiskChangesHandler } from '../src/messaging/announce-risk-changes.handler.js';
import { KeepAccountsHandler } from '../src/messaging/keep-accounts.handler.js';
import { TellStaleSourcesHandler } from '../src/messaging/tell-stale-sources.handler.js';
import { WebhookEndpointEntity } from '../src/persistence/webhook-endpoint.entity.js';
import { notifications } from '../src/service.js';
import { riskChange } from './risk-change.js';
import { Sink } from './sink.js';
import { StreamReader } from './stream-reader.js';

jest.setTimeout(30_000);
const scopes = ['notifications:read', 'notifications:write', 'operate'] as const;

describe('batches', () => {
  let service: TestService;
  let database: Database;
  let sink: Sink;
  beforeEach(async () => {
    service = await startTestService(notifications, { env: { ALLOW_PRIVATE_WEBHOOKS: 'true' } });
    database = service.running.get(Database);
    sink = await Sink.start();
  });
  afterEach(async () => {
    await service.stop();
    await Sink.stopAll();
  });

  const received = <T extends AnyTopic>(events: readonly (EventOf<T> & { key: string })[]) =>
    events.map((event, i) => {
      const { version = 0 } = event.data as { version?: number };
      return { ...event, version, partition: 0, offset: BigInt(i), receivedAt: new Date(), envelope: { id: `${event.key}/${i}`, source: '/t', time: '', subject: event.key, causationId: null, causationDepth: 0, traceparent: null } };
    }) as unknown as ReceivedEvent<T>[];

  /** Names of the statements that one batch takes. */
  async function statements<T extends AnyTopic>(topic: T, handler: BatchHandler<T>, events: readonly (EventOf<T> & { key: string })[]): Promise<string[]> {
    const names: string[] = [];
    await database.transaction(async (tx) => {
      const counting: Transaction = {
        afterCommit: (effect) => tx.afterCommit(effect),
        query: <Row>(statement: Statement | string) => (names.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text)), tx.query<Row>(statement)),
      };
      const batch: EventBatch<T> = { topic, partition: 0, events: received<T>(events), memory: { keep: (_slot, make) => make() }, caughtUp: true, rebuilding: false };
      await handler.handle(batch, counting);
    });
    return names;
  }

  it('take the same statements for one event and for many', async () => {
    for (let i = 0; i < 3; i++) await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    const announce = service.running.get(AnnounceRiskChangesHandler);
    const changes = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => riskChange(`${prefix}-${i % 200}`, 1 + Math.floor(i / 200)));
    const one = await statements(riskChangesTopic, announce, changes('one', 1));
    expect(one).toEqual(['take-new-risk-changes', 'endpoints-wanting', 'append-stream', 'add-inbox-items', 'insert-messages', 'insert-deliveries']);
    expect(await statements(riskChangesTopic, announce, changes('many', 300))).toEqual(one);
    // Read again after a rewind: one look, nothing else.
    expect(await statements(riskChangesTopic, announce, changes('many', 300))).toEqual(['take-new-risk-changes']);
    await service.settle();
    expect(sink.calls).toHaveLength(3 * 301);

    const accounts = (count: number) => Array.from({ length: count }, (_, i) => ({ type: 'perennial.account.changed.v1' as const, key: `a${i % 50}`, data: { id: `a${i % 50}`, name: null, ownerId: `owner-${i}`, version: i } as never }));
    const keep = service.running.get(KeepAccountsHandler);
    expect(await statements(accountsTopic, keep, accounts(1))).toEqual(['keep-accounts']);
    expect(await statements(accountsTopic, keep, accounts(100))).toEqual(['keep-accounts']);
    expect(await database.query(`SELECT owner_id FROM account WHERE id = 'a7'`)).toEqual([{ owner_id: 'owner-57' }]);

    const sources = (count: number) => Array.from({ length: count }, (_, i) => ({ type: 'perennial.source.changed.v1' as const, key: `k${i}`, data: { kind: `k${i}`, state: 'stale' as const, since: '2026-03-02T08:00:00.000Z', lastSeenAt: '2026-03-01T09:00:00.000Z', usualGapSeconds: 60, version: 1 } }));
    const tell = service.running.get(TellStaleSourcesHandler);
    expect(await statements(sourcesTopic, tell, sources(40))).toEqual(await statements(sourcesTopic, tell, sources(1)));
  });

  it('a rebuild tells nobody anything twice, nor what was before they asked', async () => {
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    await service.publish(riskChangesTopic, [riskChange('acme', 1), riskChange('acme', 2), riskChange('other', 1)]);
    await service.settle();
    const late = await Sink.start();
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: late.url } });
    await database.query(`INSERT INTO account VALUES ('of-old', 'Of old', 'anna')`);

    expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
    for (let i = 0; i < 200 && (await service.request('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running; i++) await sleep(50);
    await service.publish(riskChangesTopic, [riskChange('acme', 3), riskChange('of-old', 1)]);
    await service.settle();
    expect(sink.calls).toHaveLength(5);
    expect(late.calls).toHaveLength(2);
    expect((await service.request('GET', '/api/v1/inbox', { scopes: ['admin'] })).body.data).toHaveLength(4);
    const reader = await StreamReader.open(service, { lastEventId: '0' });
    expect((await reader.until(5)).map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    reader.leave();
    // Its owner is known all the while, also before its record is read again.
    expect(await database.query(`SELECT audience FROM inbox_item WHERE account_id = 'of-old'`)).toEqual([{ audience: 'user:anna' }]);
  });

  it('tells its figures', async () => {
    await service.request('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } });
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    const { body } = await service.request<string>('GET', '/metrics');
    expect(body).toMatch(/^perennial_webhook_attempts_total\{outcome="delivered"[^}]*\} [1-9]/m);
    expect(body).toMatch(/^perennial_webhook_attempts_total\{outcome="failed"[^}]*\} \d/m);
    expect(body).toMatch(/^perennial_webhook_endpoints_disabled_total(\{[^}]*\})? \d/m);
    expect(body).toMatch(/^http_client_request_duration_seconds_count\{[^}]*http_response_status_code="204"[^}]*\} [1-9]/m);
  });

  it('entities and migrations tell the same schema', async () => {
    const { dataSource } = database;
    expect(dataSource.getMetadata(WebhookEndpointEntity).tableName).toBe('webhook_endpoint');
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
