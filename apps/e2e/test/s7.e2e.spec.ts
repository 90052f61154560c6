import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalsTopic } from '@perennial/contracts/topics';
import { createLogger } from '@perennial/service-kit/logging';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import { Analytics } from '@segment/analytics-node';
import pg from 'pg';
import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { System, until } from './system.js';

/** Stands in every text that is planted about the person; nothing else holds it. */
const bird = 'zugtaube';
const email = `${bird}@s7.example`;
const accountId = 's7-co';
const about = (id: string, kind: string, data: object) => ({ id, kind, accountId, personId: bird, data });
const leftId = 's7-left';
const left = (id: string, kind: string, data: object) => ({ ...about(id, kind, data), accountId: leftId });
const basic = (key: string) => ({ authorization: `Basic ${btoa(`${key}:`)}` });

await describeOnBothLogs('S7: a person who was erased leaves no trace', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString(), args: ['--log-level', 'trace'] });
  }, 60_000);
  afterAll(async () => {
    await receiver?.stop();
    await system?.stop();
  }, 30_000);

  const databases = (): [name: string, url: string][] => {
    const { databasePasswords } = JSON.parse(readFileSync(join(system.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string> };
    return Object.entries(databasePasswords).map(([name, password]) => [name, `postgres://${name}:${encodeURIComponent(password)}@localhost/${name}?host=${encodeURIComponent(join(system.dataDir, 'postgres/run'))}`]);
  };

  /** Every row of every table of every database, the Postgres log's among them; bytes as the text they hold. */
  async function dump(): Promise<string[]> {
    const found: string[] = [];
    for (const [name, connectionString] of databases()) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      try {
        const tables = await client.query<{ name: string }>(`SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`);
        for (const table of tables.rows) {
          const { rows } = await client.query<{ row: string }>(`SELECT to_json(t)::text AS row FROM ${table.name} t`);
          found.push(...rows.map(({ row }) => `${name}.${table.name} ${row.replaceAll(/\\\\x([0-9a-f]{2,})/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('utf8'))}`));
        }
      } finally {
        await client.end();
      }
    }
    return found;
  }
  const withBird = (texts: readonly string[]) => texts.filter((text) => text.toLowerCase().includes(bird)).map((text) => text.slice(0, 60) + text.slice(Math.max(60, text.toLowerCase().indexOf(bird) - 150), text.toLowerCase().indexOf(bird) + 60));
  const tablesWithBird = async () => new Set(withBird(await dump()).map((text) => text.split(' ', 1)[0]!.replace(/_[a-z]*_?\d.*$/, '')));

  async function sendByClients(): Promise<void> {
    const { url, writeKey } = system.ready;
    const analytics = new Analytics({ writeKey, host: url });
    analytics.identify({ userId: bird, anonymousId: `visitor-${bird}`, traits: { email, name: `Frau ${bird}` } });
    analytics.group({ userId: bird, groupId: accountId, traits: { name: 'S7', contact: email, sponsor: `Frau ${bird}` } });
    analytics.track({ userId: bird, event: 'Opened', properties: { who: bird }, context: { ip: `ip-of-${bird}` } });
    analytics.track({ userId: 'colleague', event: 'Assigned', properties: { assignee: bird, [email]: 1 }, context: { groupId: accountId } });
    await analytics.closeAndFlush({ timeout: 10_000 });
    // In addresses too, which whoever serves them could write down.
    const pixel = (key: string) => fetch(`${url}/pixel/v1/track?${String(new URLSearchParams({ writeKey: key, userId: bird, event: 'Seen' }))}`);
    expect([(await pixel(writeKey)).status, (await pixel('unknown')).status]).toEqual([200, 401]);
    const mixpanel = await fetch(`${url}/track?data=${encodeURIComponent(btoa(JSON.stringify({ event: 'Seen', properties: { token: writeKey, distinct_id: bird } })))}`);
    expect(mixpanel.status).toBe(200);
  }

  async function callByWebhook(): Promise<void> {
    const source = await system.post<{ hookPath: string }>('/api/v1/sources', { type: 'delighted', name: 'Surveys', secret: 'a key of Delighted' });
    const call = async (body: object) => {
      const text = JSON.stringify(body);
      const answer = await fetch(system.ready.url + source.hookPath, { method: 'POST', body: text, headers: { 'x-delighted-webhook-signature': `sha256=${createHmac('sha256', 'a key of Delighted').update(text).digest('hex')}` } });
      expect(answer.status).toBe(200);
    };
    const answer = (response: object) => ({ event_id: bird.length, event_type: 'survey_response.created', event_data: { id: '1', survey_type: 'nps', created_at: start.getTime() / 1000, person: { email, name: `Frau ${bird}` }, ...response } });
    await call(answer({ score: 2, comment: `${bird} will leave` }));
    await call({ ...answer({ comment: `${bird} gave no score` }), event_id: 99 });
  }

  async function importFile(): Promise<void> {
    const rows = `personId,accountId,email,name,title,occurredAt\n${bird},${accountId},${email},Frau ${bird},Head of ${bird},\nother,${accountId},other@s7.example,Other,,\n${bird},${accountId},no address of ${bird},,,\n${bird},${accountId},${email},,,no time of ${bird}\n`;
    const answer = await fetch(`${system.ready.url}/api/v1/imports?as=people&fileName=${email}.csv`, { method: 'POST', body: rows, headers: { authorization: `Bearer ${system.ready.apiKey}`, 'content-type': 'text/csv' } });
    const { id } = (await answer.json()) as { id: string };
    const job = await until('the import', async () => {
      await system.settle();
      const one = await system.get<{ state: string; rows: object }>(`/api/v1/imports/${id}`);
      return one.state === 'done' && one;
    });
    expect(job.rows).toMatchObject({ read: 4, taken: 2, rejected: 2 });
  }

  async function sendOtherwise(): Promise<void> {
    await system.signals([
      about('p1', 'person', { change: 'created', email, name: `Frau ${bird}`, title: `Head of ${bird}`, roles: ['champion', 'executive_sponsor'] }),
      about('e1', 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: bird, role: 'champion' }] }),
      { id: 'e2', kind: 'engagement', accountId, data: { type: 'qbr', outcome: 'held', attendees: [{ personId: bird }, { personId: 'colleague' }] } },
      about('t1', 'ticket', { ticketId: 'tick-1', status: 'opened', priority: 'urgent', subject: `${bird} cannot sign in` }),
      { id: 'n1', kind: 'note', accountId, data: { text: `Write to ${email.toUpperCase()}`, author: 'csm' } },
    ]);
    const tooLarge = about('large', 'note', { text: `${bird} ${'x'.repeat(40_000)}`, author: bird });
    await system.call('POST', '/api/v1/signals', { signals: [about('bad', 'pulse', { pulse: 9, reason: bird }), tooLarge] });
    await system.settle();
    // By hand: the address of the call names them, and so does its answer, which is kept for repetitions.
    const roles = await system.call('PUT', `/api/v1/people/${bird}/roles`, { accountId, roles: ['budget_holder'] }, { 'idempotency-key': 'k1' });
    expect(roles.status).toBe(200);
  }

  /** What other services say of the person, keep and tell: verdicts, tasks, inbox, stream and webhooks. */
  async function makeOthersTell(): Promise<void> {
    receiver.answers = 503;
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
    await system.signals([...prepareAccount(leftId, start, { endsOn: '2026-12-31' }).signals, left('l1', 'person', { change: 'created', email, name: `Frau ${bird}`, roles: ['champion'] })]);
    await system.settle();
    await system.signals([
      about('p2', 'person', { change: 'departed' }),
      left('l2', 'person', { change: 'departed' }),
      left('l3', 'survey', { type: 'nps', score: 1, comment: `Frau ${bird} is angry` }),
      { id: 'l4', kind: 'note', accountId: leftId, data: { text: `Called Frau ${bird} today`, author: 'csm' } },
      { id: 'l5', kind: 'milestone', accountId: leftId, data: { milestoneId: 'm-1', name: `Training of Frau ${bird}`, phase: 'adoption', status: 'planned', dueOn: '2026-02-20' } },
      { id: 'l6', kind: 'contract', accountId: leftId, data: { contractId: 'c-1', status: 'created', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 100, currency: 'USD', reason: `Asked for by Frau ${bird}` } },
    ]);
    await system.settle();
    const weekOn = new Date(start.getTime() + 7 * 86_400_000).toISOString();
    await system.post(`/api/v1/accounts/${leftId}/overrides`, { healthScore: 50, reason: `Frau ${bird} says so`, expiresAt: weekOn });
    const judged = (await system.list<{ id: string; kind: string }>(`/api/v1/accounts/${leftId}/indicators`)).find(({ kind }) => kind === 'negative_survey');
    await system.post(`/api/v1/accounts/${leftId}/indicators/${judged?.id}/snooze`, { reason: `Frau ${bird} is like that`, until: weekOn });
    const [task] = await system.list<{ id: string }>(`/api/v1/tasks?accountId=${leftId}&status=open`);
    await system.post(`/api/v1/tasks/${task?.id}`, { status: 'skipped', reason: `Frau ${bird} did it` });
    await system.settle();
  }

  /** What was said stays said, of nobody. What waited to be sent goes out like that, with a signature that fits. */
  async function expectOthersTellWithoutThem(): Promise<void> {
    const change = { accountId: leftId, to: 'red', reasons: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining('(erased) is no longer with the company') })]) };
    expect((await system.list<{ title: string }>('/api/v1/inbox')).map(({ title }) => title)).toContainEqual(expect.stringMatching(/^s7-left went from .* to red: The champion \(erased\) is no longer with the company$/));
    expect((await system.list<{ reason: string | null }>(`/api/v1/tasks?accountId=${leftId}`)).map(({ reason }) => reason)).toContain('(erased) did it');
    expect(await system.get(`/api/v1/accounts/${leftId}/health`)).toMatchObject({ override: { reason: '(erased) says so' } });
    expect((await system.list<{ id: string; data: object }>(`/api/v1/accounts/${leftId}/signals?kind=note`))[0]?.data).toMatchObject({ text: 'Called (erased) today' });
    receiver.answers = 204;
    const before = receiver.calls.length;
    await system.clock(new Date((await system.now()).getTime() + 12 * 3_600_000));
    await until('the webhook', async () => receiver.calls.length > before);
    expect(receiver.calls.slice(before)).toContainEqual(expect.objectContaining({ verified: true, body: expect.objectContaining({ type: 'risk.changed', data: expect.objectContaining(change) }) }));
  }

  /** What health-scoring and others cannot read. */
  async function breakLetters(): Promise<void> {
    const place = log.brokers === null ? { kind: 'postgres' as const, url: databases().find(([name]) => name === 'log')![1] } : { kind: 'kafka' as const, brokers: log.brokers.split(',') };
    const eventLog = await openEventLog(place, 's7', createLogger({ level: 'silent' }));
    try {
      await eventLog.append(signalsTopic.name, [{ key: accountId, value: Buffer.from(`no JSON, but ${email}`), headers: { ce_specversion: '1.0', ce_id: 'x', ce_type: 'perennial.signal.note.v1', ce_source: 's7' } }]);
    } finally {
      await eventLog.close();
    }
  }

  it('in any database, in the log, or in what the services say', async () => {
    await system.signals(prepareAccount(accountId, start, { endsOn: '2026-12-31' }).signals);
    await sendByClients();
    await callByWebhook();
    await importFile();
    await sendOtherwise();
    await makeOthersTell();
    await breakLetters();
    await system.settle();
    await until('the rejects', async () => (await system.list('/api/v1/rejected')).length === 3);
    // A positive control: it stood wherever it is looked for.
    const told = [
      'health-scoring.account_health', 'health-scoring.contact_health', 'health-scoring.portfolio', 'health-scoring.judgement', 'renewal-forecasting.account_forecast', 'renewal-forecasting.contract_entry',
      'renewal-forecasting.renewal', 'playbook-orchestration.playbook_run', 'playbook-orchestration.task', 'notifications.inbox_item', 'notifications.stream_event', 'notifications.webhook_message',
    ];
    const ingestion = ['account', 'contact', 'identity', 'message', 'rejected', 'source_name', 'import'].map((table) => `signal-ingestion.${table}`);
    const logged = ['health-scoring.messaging_dead_letter', 'renewal-forecasting.messaging_dead_letter', ...(log.brokers === null ? ['log.entry', 'log.compacted_entry'] : [])];
    const planted = await tablesWithBird();
    expect([...ingestion, ...told, ...logged].filter((table) => !planted.has(table))).toEqual([]);

    const { id } = (await system.call<{ id: string }>('POST', `/api/v1/people/${encodeURIComponent(`email:${email}`)}/erase`, { reason: 'request 17' }, { 'idempotency-key': 'k2' })).body;
    await until('the erasure', async () => {
      await system.settle();
      return (await system.get<{ state: string }>(`/api/v1/erasures/${id}`)).state === 'done';
    }, 40_000);
    // Other services look once an hour what became of the records of their dead letters.
    await system.clock(new Date((await system.now()).getTime() + 3_700_000));
    expect(await system.get(`/api/v1/erasures/${id}`)).toMatchObject({ logLeft: 0, logCleanAt: log.brokers === null ? null : expect.any(String) });
    expect(withBird(await dump())).toEqual([]);
    expect(withBird(system.logText.split('\n'))).toEqual([]);
    expect(withBird(readFileSync(join(system.dataDir, 'postgres/postgres.log'), 'utf8').split('\n'))).toEqual([]);
    const others = await system.list<{ id: string; data: object }>(`/api/v1/accounts/${accountId}/signals?limit=100`);
    expect(others.find((one) => one.id === 'e2')?.data).toMatchObject({ attendees: [{ personId: 'colleague' }] });
    expect(others.find((one) => one.id === 'n1')?.data).toMatchObject({ text: 'Write to (erased)' });
    await expectOthersTellWithoutThem();
  }, 90_000);

  it('and stays away, whichever way somebody tells of them', async () => {
    const { body } = await system.call<{ results: { code?: string }[] }>('POST', '/api/v1/signals', { signals: [about('u2', 'usage', { event: 'Opened' })] });
    expect(body.results).toMatchObject([{ code: 'person_suppressed' }]);
    const { url, writeKey } = system.ready;
    const tracked = await fetch(`${url}/v1/track`, { method: 'POST', headers: basic(writeKey), body: JSON.stringify({ userId: 'x', anonymousId: `visitor-${bird}`, event: 'Opened' }) });
    expect([tracked.status, tracked.headers.get('x-rejected-count')]).toEqual([200, '1']);
    await callByWebhook();
    const answer = await fetch(`${url}/api/v1/imports?as=people`, { method: 'POST', body: `personId,accountId,email\n${bird},${accountId},\nanother,${accountId},${email}\nlast,${accountId},last@s7.example\n`, headers: { authorization: `Bearer ${system.ready.apiKey}`, 'content-type': 'text/csv' } });
    const { id } = (await answer.json()) as { id: string };
    await until('the import', async () => {
      await system.settle();
      return (await system.get<{ state: string }>(`/api/v1/imports/${id}`)).state === 'done';
    });
    expect((await system.list<{ code: string }>(`/api/v1/imports/${id}/errors`)).map(({ code }) => code)).toEqual(['person_suppressed', 'person_suppressed']);
    await system.killAndRestart();
    await system.settle();
    expect(withBird(await dump())).toEqual([]);
    expect(withBird(system.logText.split('\n'))).toEqual([]);
    expect((await system.call('GET', `/api/v1/accounts/${accountId}/health`)).status).toBe(200);
  }, 90_000);
});
