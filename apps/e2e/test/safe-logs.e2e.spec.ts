import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { deadLetterTopicName } from '@perennial/contracts/topic';
import { healthTopic, riskChangesTopic, signalsTopic, telemetryTopic } from '@perennial/contracts/topics';
import type { EventLog } from '@perennial/messaging/event-log';
import { createLogger } from '@perennial/service-kit/logging';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import pg from 'pg';
import { describeOnBothLogs } from './both-logs.js';
import { Canaries, segmentCalls, signalsOfEveryKind, wrongSignals } from './canaries.js';
import { OtlpRecorder } from './otlp-recorder.js';
import { parseScrape, total } from '@perennial/testing/prometheus-text';
import { Receiver } from './receiver.js';
import { System, until } from './system.js';

const accountId = 'acct-1';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

interface ErrorAnswer {
  readonly call: string;
  readonly body: string;
}

await describeOnBothLogs('Safe logs: personal data and secrets stay out of lines, errors, spans and dead letters', (log) => {
  const canaries = new Canaries();
  const { word, person, email, password } = canaries;
  const errors: ErrorAnswer[] = [];
  let recorder: OtlpRecorder;
  let system: System;
  let receiver: Receiver;

  /** Sends raw bytes with any headers; keeps what an error said, without the address, which is the caller's own. */
  async function send(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<{ status: number; text: string; headers: Headers }> {
    // An empty header is one that is not sent.
    const sent = Object.entries({ authorization: `Bearer ${system.ready.apiKey}`, 'content-type': 'application/json', ...headers }).filter(([, value]) => value !== '');
    const response = await fetch(system.ready.url + path, { method, headers: sent, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const [pathOnly = '', query = ''] = path.split('?');
    const own = [...pathOnly.split('/'), ...new URLSearchParams(query).values()].flatMap((part) => [part, decodeURIComponent(part), encodeURIComponent(part)]).filter((part) => part.length > 3);
    if (response.status >= 400) errors.push({ call: `${method} ${path} ${response.status}`, body: own.reduce((left, part) => left.replaceAll(part, ''), text) });
    return { status: response.status, text, headers: response.headers };
  }
  const json = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => send(method, path, JSON.stringify(body), headers);
  const expectStatus = async (answer: Promise<{ status: number; text: string }>, ...statuses: number[]) => {
    const { status, text } = await answer;
    if (!statuses.includes(status)) throw new Error(`answered ${status}: ${text}`);
  };
  const databaseUrl = (name: string) => {
    const { databasePasswords } = JSON.parse(readFileSync(join(system.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string> };
    return `postgres://${name}:${encodeURIComponent(databasePasswords[name]!)}@localhost/${name}?host=${encodeURIComponent(join(system.dataDir, 'postgres/run'))}`;
  };
  const inDatabase = async (name: string, ...statements: string[]) => {
    const client = new pg.Client({ connectionString: databaseUrl(name) });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const withLog = async (work: (eventLog: EventLog) => Promise<void>) => {
    const logger = createLogger({ level: 'silent' });
    const eventLog = await openEventLog(log.brokers === null ? { kind: 'postgres', url: databaseUrl('log') } : { kind: 'kafka', brokers: log.brokers.split(',') }, 'canaries', logger);
    try {
      await work(eventLog);
    } finally {
      await eventLog.close();
    }
  };
  const deadLetters = () => system.list<{ id: string; topic: string; class: string; code: string; message: string }>('/api/v1/dead-letters?limit=100');

  beforeAll(async () => {
    recorder = await OtlpRecorder.start();
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: '2026-03-02T08:00:00Z', args: ['--log-level', 'trace'], env: recorder.env });
    const { admin, writeKey, apiKey } = system.ready;
    canaries.watch('the admin’s password', admin.password);
    canaries.watch('the first write key', writeKey);
    canaries.watch('the first API key', apiKey);
    const secrets = JSON.parse(readFileSync(join(system.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string>; identityPrivateKey: string };
    canaries.watch('the private key of identity tokens', (JSON.parse(secrets.identityPrivateKey) as { d: string }).d);
    for (const [name, secret] of Object.entries(secrets.databasePasswords)) canaries.watch(`the password of ${name}`, secret);
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
    await recorder?.stop();
  }, 30_000);

  it('takes every kind of input, good and bad', async () => {
    const good = JSON.parse((await json('POST', '/api/v1/signals', { signals: signalsOfEveryKind(canaries, accountId) })).text) as { accepted: number };
    expect(good.accepted).toBe(14);
    const bad = JSON.parse((await json('POST', '/api/v1/signals', { signals: wrongSignals(canaries, accountId) })).text) as { accepted: number; results: { status: string; detail: string; code: string }[] };
    expect(bad.accepted).toBe(0);
    for (const { detail, code } of bad.results) errors.push({ call: `POST /api/v1/signals ${code}`, body: detail });

    const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
    const calls = segmentCalls(canaries, accountId);
    await expectStatus(json('POST', '/v1/batch', { batch: calls, context: { library: { name: word('context.library') } } }, { authorization: basic(system.ready.writeKey) }), 200);
    for (const call of calls) await json('POST', `/v1/${typeof call['type'] === 'string' && !call['type'].startsWith('kanarie') ? call['type'] : 'track'}`, call, { authorization: basic(system.ready.writeKey) });
    await expectStatus(json('POST', '/v1/track', { ...calls[1], writeKey: canaries.writeKey('writeKey in the body') }, { authorization: '' }), 401);
    await expectStatus(json('POST', '/v1/batch', { batch: calls }, { authorization: basic(canaries.writeKey('Basic write key')) }), 401);
    await expectStatus(json('POST', '/v1/batch', { batch: calls }, { authorization: `Basic ${Buffer.from(`${word('Basic user')}:${password('Basic password')}`).toString('base64')}` }), 401);
    await system.settle();
    // A positive control: what was planted did arrive, and is found where it may stand.
    expect(canaries.foundIn((await send('GET', `/api/v1/accounts/${accountId}/signals?limit=100`)).text).length).toBeGreaterThan(50);
  }, 60_000);

  it('takes accounts, users, sources, keys, overrides and webhook endpoints, good and bad', async () => {
    const account = { name: person('account.name'), segment: word('account.segment'), tier: word('account.tier'), region: word('account.region'), lifecycleStage: word('account.lifecycleStage'), ownerId: word('account.ownerId'), traits: { contact: email('account.traits'), [word('account trait name')]: 1 } };
    await expectStatus(json('PUT', `/api/v1/accounts/${accountId}`, account), 200, 201);
    for (const [name, value] of Object.entries({ timeZone: person('timeZone'), country: person('country'), goLive: email('goLive'), name: { first: person('name as object') }, traits: person('traits as text') })) await expectStatus(json('PUT', `/api/v1/accounts/${accountId}`, { ...account, [name]: value }), 400);

    const user = { email: email('user.email'), name: person('user.name'), role: 'viewer', password: password('user.password') };
    await expectStatus(json('POST', '/api/v1/users', user), 201);
    await expectStatus(json('POST', '/api/v1/users', user), 409);
    await expectStatus(json('POST', '/api/v1/users', { ...user, email: person('user.email that is none'), role: word('user.role') }), 400);
    await expectStatus(json('POST', '/api/v1/users', { ...user, email: email('user.email'), password: 'kanarie' }), 400);
    for (const body of [{ email: user.email, password: password('wrong password') }, { email: email('unknown user'), password: password('unknown user’s password') }, { email: person('sign-in e-mail'), password: [word('sign-in password')] }]) await expectStatus(json('POST', '/api/v1/session', body, { authorization: '' }), 400, 401);
    const session = await json('POST', '/api/v1/session', { email: user.email, password: user.password }, { authorization: '' });
    const cookie = session.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    canaries.watch('a session cookie', cookie.split('=')[1]!);
    canaries.watch('a CSRF token', (JSON.parse(session.text) as { csrfToken: string }).csrfToken);
    const viewer = { cookie, authorization: '' };
    await expectStatus(json('PUT', `/api/v1/accounts/${accountId}`, account, viewer), 403);
    await expectStatus(json('POST', '/api/v1/users', user, { ...viewer, 'x-csrf-token': word('CSRF token') }), 403);

    const source = await json('POST', '/api/v1/sources', { type: 'generic', name: person('source.name') });
    canaries.watch('a new write key', (JSON.parse(source.text) as { writeKey: string }).writeKey);
    await expectStatus(json('POST', '/api/v1/sources', { type: word('source.type'), name: person('source.name') }), 400);
    const key = await json('POST', '/api/v1/api-keys', { name: person('api-key.name'), scopes: ['accounts:read'] });
    const reader = canaries.watch('a new API key', (JSON.parse(key.text) as { key: string }).key);
    await expectStatus(json('POST', '/api/v1/api-keys', { name: person('api-key.name'), scopes: [word('scope')] }), 400);

    const expiresAt = '2026-03-20T00:00:00Z';
    await expectStatus(json('POST', `/api/v1/accounts/${accountId}/overrides`, { healthScore: 30, reason: person('override.reason'), expiresAt }, { 'idempotency-key': word('Idempotency-Key') }), 201);
    await expectStatus(json('POST', `/api/v1/accounts/${accountId}/overrides`, { healthScore: 30, reason: person('override.reason'), expiresAt }, { 'idempotency-key': `${word('Idempotency-Key with spaces')} and more` }), 400);
    for (const [name, value] of Object.entries({ healthScore: word('healthScore'), expiresAt: email('expiresAt'), reason: { why: person('reason as object') } })) await expectStatus(json('POST', `/api/v1/accounts/${accountId}/overrides`, { healthScore: 30, reason: person('override.reason'), expiresAt, [name]: value }), 400);

    const created = await json('POST', '/api/v1/webhook-endpoints', { url: `${receiver.url}/${word('webhook path')}?token=${word('webhook query')}` });
    receiver.secret = canaries.watch('a webhook secret', (JSON.parse(created.text) as { secret: string }).secret);
    // Nobody listens at port 9; the other one's name leads nowhere.
    for (const url of [`http://127.0.0.1:9/${word('closed webhook')}?key=${word('closed webhook query')}`, `http://nowhere.invalid/${word('unknown webhook')}`]) await expectStatus(json('POST', '/api/v1/webhook-endpoints', { url }), 201);
    for (const url of [`https://${word('URL user')}:${password('URL password')}@x.example/h`, `${word('URL')} is no address`, `ftp://x.example/${word('ftp')}`]) await expectStatus(json('POST', '/api/v1/webhook-endpoints', { url }), 400);

    // Another principal sees neither the values of what was refused, nor a word of it in its reason.
    const rejected = await send('GET', '/api/v1/rejected?limit=100');
    expect(rejected.status).toBe(200);
    for (const { code, detail } of (JSON.parse(rejected.text) as { data: { code: string; detail: string }[] }).data) errors.push({ call: `rejected ${code}`, body: detail });
    await expectStatus(json('POST', '/api/v1/signals', { signals: [] }, { authorization: `Bearer ${reader}` }), 403);
    await system.settle();
  }, 60_000);

  it('takes malformed bodies, headers and addresses', async () => {
    const { writeKey } = system.ready;
    const bodies: (string | Buffer)[] = [
      `{"email":"${email('cut off')}`, Buffer.concat([Buffer.from(`{"name":"${person('invalid UTF-8')}`), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]), gzipSync(`{"name":"${person('cut gzip')}"}`).subarray(0, 30),
      `{"__proto__":{"name":"${person('__proto__')}"}}`, `{"a":"${word('twice')}","a":"${word('twice')}"}`, `${'['.repeat(40)}"${word('deep')}"${']'.repeat(40)}`, `"${person('a text alone')}"`, `{"signals":"${word('signals as text')}"}`, `{"name":"${person('NUL')}\\u0000"}`, `${word('no JSON')}=${word('at all')}`,
    ];
    for (const body of bodies) {
      for (const path of ['/api/v1/signals', '/api/v1/session', '/api/v1/users', '/api/v1/webhook-endpoints', `/api/v1/accounts/${accountId}/overrides`]) await send('POST', path, body);
      await send('PUT', `/api/v1/accounts/${accountId}`, body);
      await send('POST', '/v1/batch', body, { authorization: `Bearer ${writeKey}` });
      await send('POST', '/api/v1/users', body, { 'content-type': `text/${word('content type')}` });
      await send('POST', '/v1/track', body, { authorization: `Bearer ${writeKey}`, 'content-encoding': word('content encoding') });
    }
    const headers: Record<string, string>[] = [
      { authorization: word('authorization') }, { authorization: `Bearer ${word('bearer token')}` }, { authorization: `Bearer eyJhbGciOiJFZERTQSJ9.${word('JWT')}.${word('JWT signature')}` }, { authorization: `Bearer ${canaries.apiKey('API key')}` },
      { authorization: `Digest username="${person('Digest user')}"` }, { cookie: `perennial_session=${word('cookie')}; other=${email('other cookie')}`, authorization: '' }, { traceparent: word('traceparent'), tracestate: `v=${word('tracestate')}`, baggage: `user=${email('baggage')}` },
      { 'x-forwarded-for': word('x-forwarded-for'), 'user-agent': person('user-agent'), referer: `https://x.example/?${word('referer')}`, origin: `https://${word('origin')}.example`, 'x-request-id': word('x-request-id') },
    ];
    for (const header of headers) for (const [method, path] of [['GET', '/api/v1/accounts'], ['GET', '/api/v1/session'], ['POST', '/api/v1/signals'], ['POST', '/v1/batch'], ['GET', '/metrics']] as const) await send(method, path, method === 'POST' ? '{}' : undefined, header);
    for (const path of [`/api/v1/accounts?q=${email('query')}`, `/api/v1/accounts?sort=${word('sort')}&limit=${word('limit')}`, `/api/v1/accounts?startingAfter=${word('startingAfter')}`, `/api/v1/people/${email('person in the path')}`, `/api/v1/people?email=${email('people query')}`, `/api/v1/accounts/${word('unknown account')}/health`, `/${word('unknown path')}?token=${word('unknown query')}`, `/api/v1/tasks/${word('task id')}`, `/api/v1/accounts/%00${word('NUL path')}`, `/api/v1/dead-letters/${word('dead letter id')}`]) await send('GET', path);

    // What no HTTP client would send.
    const { hostname, port } = new URL(system.ready.url);
    for (const text of [`GET /${word('bad header')} HTTP/1.1\r\nhost: x\r\nx-name: ${person('bad header')}\u0001\r\n\r\n`, `GET / HTTP/1.1\r\n${word('no colon')}\r\n\r\n`, `${word('no method')} / HTTP/1.1\r\n\r\n`, `POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${word('smuggled')}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`]) {
      const socket = connect(Number(port), hostname);
      socket.end(text);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      errors.push({ call: `a raw request: ${text.slice(0, 40)}`, body: Buffer.concat(chunks).toString() });
    }
  }, 90_000);

  it('makes dead letters of forged records, and of records that handlers fail on', async () => {
    const headers = (type: string, more: Record<string, string> = {}) => ({ ce_specversion: '1.0', ce_id: word('ce_id'), ce_type: type, ce_source: `/${word('ce_source')}`, ce_subject: word('ce_subject'), traceparent: `00-${traceId}-00f067aa0ba902b7-01`, [word('header name')]: word('header'), ...more });
    const record = (type: string, value: unknown, more: Record<string, string> = {}) => ({ key: word('record key'), headers: headers(type, more), value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) });
    await withLog(async (eventLog) => {
      await eventLog.append(telemetryTopic.name, [
        record('perennial.vendor.call.v1', `${person('no JSON')} {`), record(word('ce_type'), {}), record('perennial.signal.pulse.v9', {}), record('perennial.vendor.call.v1', { sourceId: [word('sourceId')], vendor: person('vendor'), body: email('body') }),
        record('perennial.signal.pulse.v1', { pulse: 1 }, { ce_causationdepth: '99' }), record('perennial.signal.note.v1', { id: word('id'), accountId, data: { text: person('foreign note'), author: email('foreign author') } }),
        { key: word('record key'), headers: { [word('only header')]: word('header') }, value: Buffer.from(person('value')) },
      ]);
      await eventLog.append(signalsTopic.name, [record('perennial.signal.contract.v1', { id: word('id'), kind: 'contract', accountId: { is: person('accountId') } }), record('perennial.signal.person.v1', { name: person('name') })]);
      for (const topic of [healthTopic, riskChangesTopic]) await eventLog.append(topic.name, [record(Object.keys(topic.events)[0]!, { accountId, version: 1, [word('field')]: email('field'), reasons: person('reasons') })]);
    });
    await system.settle();

    // Postgres itself then quotes the values: in its message, and in the detail of its error.
    await inDatabase('signal-ingestion',
      `ALTER TABLE message ADD CONSTRAINT notes_are_numbers CHECK (kind IS DISTINCT FROM 'note' OR (data ->> 'text')::integer > 0) NOT VALID`,
      `ALTER TABLE message ADD CONSTRAINT no_tickets CHECK (kind IS DISTINCT FROM 'ticket') NOT VALID`,
      `ALTER TABLE account ADD CONSTRAINT regions_are_numbers CHECK (doc ->> 'region' IS NULL OR (doc ->> 'region')::integer > 0) NOT VALID`);
    await json('POST', '/api/v1/signals', { signals: signalsOfEveryKind(canaries, 'acct-4').filter(({ kind }) => kind === 'note' || kind === 'ticket') });
    await expectStatus(json('PUT', `/api/v1/accounts/acct-2`, { region: person('account.region') }), 500);
    await system.settle();
    await inDatabase('signal-ingestion', 'ALTER TABLE message DROP CONSTRAINT notes_are_numbers, DROP CONSTRAINT no_tickets', 'ALTER TABLE account DROP CONSTRAINT regions_are_numbers');

    const letters = await deadLetters();
    expect(new Set(letters.map((letter) => letter.class))).toEqual(new Set(['undecodable', 'unknown']));
    expect(letters.filter((letter) => letter.class === 'unknown')).toHaveLength(2);
    expect(letters.length).toBeGreaterThan(9);
    expect(letters.flatMap(({ id, topic, code, message }) => canaries.foundIn(`${id} ${topic} ${code} ${message}`))).toEqual([]);
    await withLog(async (eventLog) => {
      const records = await eventLog.read(deadLetterTopicName(telemetryTopic, 'signal-ingestion'), 0, 0n, 100);
      expect(records.length).toBeGreaterThan(5);
      const own = records.map((one) => JSON.stringify(Object.entries(one.headers).filter(([name]) => name.startsWith('dlq-'))));
      expect(own.flatMap((text) => canaries.foundIn(text))).toEqual([]);
    });
    const lines = system.logText.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ alarm }) => alarm === 'unknown_failure')).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'records went to the dead letters', trace_id: traceId, span_id: expect.any(String) }));
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'request failed', trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) }));
  }, 90_000);

  it('loses its database on the way, and its webhooks fail', async () => {
    const pid = Number(readFileSync(join(system.dataDir, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n', 1)[0]);
    process.kill(pid, 'SIGKILL');
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 10; i++) {
      calls.push(
        json('POST', '/api/v1/signals', { signals: signalsOfEveryKind(canaries, accountId) }),
        json('PUT', `/api/v1/accounts/${accountId}`, { name: person('account.name while away') }),
        json('POST', '/api/v1/session', { email: email('sign-in while away'), password: password('password while away') }, { authorization: '' }),
        json('POST', '/api/v1/users', { email: email('user while away'), role: 'viewer', password: password('password while away') }),
        send('GET', `/api/v1/accounts?q=${email('query while away')}`),
        send('GET', '/metrics'),
      );
      await sleep(50);
    }
    await Promise.all(calls);
    await until('the system back', async () => (await send('GET', '/health/ready')).status === 200, 60_000);
    await system.settle();
    await system.call('POST', '/api/v1/signals', { signals: [{ id: 'cancel', kind: 'contract', accountId: 'acct-3', data: { contractId: 'c', status: 'cancel_scheduled', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 1, currency: 'USD' } }] });
    await until('failed webhooks', async () => total(parseScrape((await send('GET', '/metrics')).text), 'perennial_webhook_attempts_total', { outcome: 'retry' }) >= 2);
    for (const { attempts } of await system.list<{ attempts: { error: string | null }[] }>('/api/v1/deliveries?limit=100')) for (const { error } of attempts) errors.push({ call: 'a delivery’s attempt', body: error ?? '' });
    await system.settle();
  }, 120_000);

  it('says nothing of it in its log', () => {
    expect(system.logText.length).toBeGreaterThan(2_000);
    expect(system.logText).toContain('not available');
    expect(canaries.foundIn(system.logText)).toEqual([]);
  });

  it('says nothing of it in the log of its PostgreSQL', () => {
    const text = readFileSync(join(system.dataDir, 'postgres/postgres.log'), 'utf8');
    expect(text).toContain('database system is ready');
    expect(canaries.foundIn(text)).toEqual([]);
  });

  it('says nothing of it in the errors that it answers', () => {
    expect(errors.length).toBeGreaterThan(150);
    expect(errors.flatMap(({ call, body }) => canaries.foundIn(body).map((found) => `${call}: ${found}`))).toEqual([]);
  });

  it('says nothing of it in spans and metrics', async () => {
    await sleep(500);
    expect(recorder.spans.length).toBeGreaterThan(300);
    expect(canaries.foundIn(recorder.text)).toEqual([]);
    expect(canaries.foundIn((await send('GET', '/metrics')).text)).toEqual([]);
  });
});
