import { createHash } from 'node:crypto';
import { usersTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { auditStart, auditText } from '../src/domain/audit-chain.js';
import { roles, scopesOfRole } from '../src/domain/roles.js';
import { FirstCredentials } from '../src/application/first-credentials.js';
import { ensureAdmin, newApiKey } from '../src/service.js';
import { GatewayUnderTest, admin } from './gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
}, 60_000);
afterAll(() => gateway.stop());

describe('signing in', () => {
  it('opens a session in a cookie that scripts cannot read, tells who it is, and closes it', async () => {
    const opened = await gateway.service.request('POST', '/api/v1/session', { body: { email: ' Admin@Example.com ', password: admin.password } });
    expect(opened).toMatchObject({ status: 201, body: { email: admin.email, role: 'admin', scopes: scopesOfRole.admin, expiresAt: expect.any(String) } });
    const cookie = String(opened.headers['set-cookie']);
    expect(cookie).toMatch(/^perennial_session=[\w-]{43}; .*HttpOnly/);
    expect(cookie).toContain('SameSite=Strict');
    expect(JSON.stringify(opened.body)).not.toContain(cookie.slice(18, 61));

    const headers = { cookie: cookie.split(';', 1)[0]! };
    expect(await gateway.call('GET', '/api/v1/session', { key: null, headers })).toMatchObject({ status: 200, body: { email: admin.email } });
    expect((await gateway.call('GET', '/api/v1/users', { key: null, headers })).status).toBe(200);
    expect((await gateway.call('DELETE', '/api/v1/session', { key: null, headers })).status).toBe(403);
    expect((await gateway.call('DELETE', '/api/v1/session', { key: null, headers: { ...headers, 'x-csrf-token': opened.body.csrfToken as string } })).status).toBe(204);
    expect((await gateway.call('GET', '/api/v1/session', { key: null, headers })).status).toBe(401);
    expect((await gateway.call('GET', '/api/v1/users', { key: null, headers })).status).toBe(401);
  });

  it('answers a wrong password and an unknown e-mail alike', async () => {
    const wrong = await gateway.service.request('POST', '/api/v1/session', { body: { email: admin.email, password: 'wrong' } });
    const unknown = await gateway.service.request('POST', '/api/v1/session', { body: { email: 'nobody@example.com', password: 'wrong' } });
    const plain = ({ status, body }: typeof wrong): object => ({ status, ...(body as object), traceId: '' });
    expect(wrong.status).toBe(401);
    expect(plain(wrong)).toEqual(plain(unknown));
  });

  it('makes guessing slow, and the right password waits too', async () => {
    const guess = (password: string) => gateway.service.request('POST', '/api/v1/session', { body: { email: 'slow@example.com', password } });
    const made = await gateway.call('POST', '/api/v1/users', { body: { email: 'slow@example.com', role: 'viewer', password: 'twelve characters' } });
    expect(made.status).toBe(201);
    const answers: number[] = [];
    for (let i = 0; i < 7; i++) answers.push((await guess('wrong')).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const right = await guess('twelve characters');
    expect(right.status).toBe(429);
    expect(Number(right.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    await gateway.service.running.get(Database).query(`UPDATE sign_in_failures SET blocked_until = now() - interval '1 second'`);
    expect((await guess('twelve characters')).status).toBe(201);
    expect((await guess('wrong')).status).toBe(401);
  });

  it('keeps an audit that can only be appended to and is chained by hashes', async () => {
    const database = gateway.service.running.get(Database);
    const rows = await database.query<{ at: Date; event: 'sign_in'; user_id: string | null; email_hash: string; address: string; previous_hash: string; hash: string }>('SELECT * FROM sign_in_audit ORDER BY id');
    expect(new Set(rows.map(({ event }) => event))).toEqual(new Set(['sign_in', 'sign_in_refused', 'sign_in_blocked', 'sign_out']));
    let previous = auditStart;
    for (const row of rows) {
      const entry = { at: row.at.toISOString(), event: row.event, userId: row.user_id, emailHash: row.email_hash, address: row.address };
      expect(row.hash).toBe(createHash('sha256').update(auditText(previous, entry)).digest('hex'));
      previous = row.hash;
    }
    for (const change of [`UPDATE sign_in_audit SET event = 'x'`, 'DELETE FROM sign_in_audit', 'TRUNCATE sign_in_audit']) await expect(database.query(change)).rejects.toThrow('only ever appended');
  });
});

describe('the first start', () => {
  it('makes the admin that the environment names, once', async () => {
    const first = { email: 'first@example.com', password: 'the first password' };
    const fresh = await GatewayUnderTest.start({}, { ADMIN_EMAIL: first.email, ADMIN_PASSWORD: first.password });
    await fresh.signIn(first.email, first.password);
    await ensureAdmin(fresh.service.running, first.email, 'another password');
    await fresh.signIn(first.email, first.password);
    expect((await fresh.call('GET', '/api/v1/users')).body.data).toHaveLength(2);
    await fresh.stop();
  });

  it('makes the API key that the environment names; once revoked it stays so', async () => {
    const key = newApiKey();
    const fresh = await GatewayUnderTest.start({}, { FIRST_API_KEY: key });
    expect((await fresh.call('GET', '/api/v1/users', { key })).status).toBe(200);
    const made = ((await fresh.call('GET', '/api/v1/api-keys')).body.data as { id: string; name: string }[]).find(({ name }) => name === 'first start');
    expect((await fresh.call('DELETE', `/api/v1/api-keys/${made!.id}`)).status).toBe(204);
    await fresh.service.running.get(FirstCredentials).onApplicationBootstrap();
    expect((await fresh.call('GET', '/api/v1/users', { key })).status).toBe(401);
    await fresh.stop();
  });

  it('counts callers by the address that a trusted proxy tells, and believes nobody else', async () => {
    const addresses = async (one: GatewayUnderTest) => {
      await one.service.request('POST', '/api/v1/session', { body: admin, headers: { 'x-forwarded-for': '203.0.113.9' } });
      return (await one.service.running.get(Database).query<{ address: string }>('SELECT address FROM sign_in_audit ORDER BY id DESC LIMIT 1'))[0]?.address;
    };
    const behind = await GatewayUnderTest.start({}, { TRUSTED_PROXIES: '127.0.0.0/8' });
    expect([await addresses(behind), await addresses(gateway)]).toEqual(['203.0.113.9', '127.0.0.1']);
    await behind.stop();
  });
});

describe('calls by cookie', () => {
  it('need the CSRF token of their own session when they change something', async () => {
    const [one, other] = [await gateway.signIn(), await gateway.signIn()];
    const send = (headers: Record<string, string>) => gateway.call('POST', '/api/v1/users', { key: null, headers: { cookie: one.cookie, ...headers }, body: { email: `${crypto.randomUUID()}@example.com`, role: 'csm' } });
    expect((await send({})).status).toBe(403);
    expect((await send({ 'x-csrf-token': other.csrfToken })).status).toBe(403);
    expect((await send({ 'x-csrf-token': one.csrfToken })).status).toBe(201);
    for (const path of ['/api/v1/webhook-endpoints', '/%61pi/v1/webhook-endpoints']) expect((await gateway.call('POST', path, { key: null, headers: { cookie: one.cookie }, body: {} })).status).toBe(403);
  });
});

describe('users', () => {
  it('are made, listed, changed, deactivated and told to the other services', async () => {
    const { body: made, status } = await gateway.call('POST', '/api/v1/users', { body: { email: 'Anna@Example.com', name: 'Anna', role: 'csm', password: 'twelve characters' } });
    expect(status).toBe(201);
    expect(made).toEqual({ id: expect.any(String), email: 'anna@example.com', name: 'Anna', role: 'csm', active: true, createdAt: '2026-03-02T09:00:00.000Z' });
    const id = made.id as string;
    expect((await gateway.call('POST', '/api/v1/users', { body: { email: 'anna@example.com', role: 'csm' } })).status).toBe(409);
    expect((await gateway.call('GET', `/api/v1/users/${id}`)).body).toEqual(made);
    const session = await gateway.signIn('anna@example.com', 'twelve characters');
    expect((await gateway.call('PATCH', `/api/v1/users/${id}`, { body: { role: 'manager' } })).body).toMatchObject({ role: 'manager', name: 'Anna' });
    expect((await gateway.call('GET', '/api/v1/session', { key: null, headers: { cookie: session.cookie } })).status).toBe(401);
    expect((await gateway.call('DELETE', `/api/v1/users/${id}`)).status).toBe(204);
    await expect(gateway.signIn('anna@example.com', 'twelve characters')).rejects.toThrow('401');

    await gateway.service.settle();
    const told = (await gateway.service.published(usersTopic)).filter(({ key }) => key === id).map(({ data }) => data);
    expect(told).toMatchObject([{ role: 'csm', active: true, email: 'anna@example.com' }, { role: 'manager', active: true }, { role: 'manager', active: false }]);
    expect(told.map(({ version }) => version)).toEqual(told.map(({ version }) => version).toSorted((a, b) => a - b));
    expect(JSON.stringify(told)).not.toContain('password');
  });

  it('cannot lose the last admin', async () => {
    const { body } = await gateway.call('GET', '/api/v1/users?limit=1');
    const [first] = body.data as { id: string; role: string }[];
    expect(first?.role).toBe('admin');
    for (const change of [{ active: false }, { role: 'viewer' }]) expect((await gateway.call('PATCH', `/api/v1/users/${first!.id}`, { body: change })).status).toBe(409);
    expect((await gateway.call('DELETE', `/api/v1/users/${first!.id}`)).status).toBe(409);
  });

  it('shows metrics to those who operate the system alone, and probes to everybody', async () => {
    expect((await gateway.call('GET', '/metrics', { key: null })).status).toBe(401);
    expect((await gateway.call('GET', '/metrics', { key: await gateway.newKey(['accounts:read']) })).status).toBe(403);
    expect((await gateway.call('GET', '/metrics', { key: await gateway.newKey(['operate']) })).status).toBe(200);
    for (const probe of ['live', 'ready']) expect((await gateway.call('GET', `/health/${probe}`, { key: null })).status).toBe(200);
  });

  it('refuses bad input by pointer, unknown fields and unknown ids', async () => {
    const bad = await gateway.call('POST', '/api/v1/users', { body: { email: 'no', role: 'root', password: 'short', admin: true } });
    expect(bad.status).toBe(400);
    expect((bad.body.errors as { pointer: string }[]).map(({ pointer }) => pointer).toSorted()).toEqual(['/admin', '/email', '/password', '/role']);
    expect((await gateway.call('GET', '/api/v1/users/nobody')).status).toBe(404);
    expect((await gateway.call('PATCH', '/api/v1/users/nobody', { body: { role: 'csm' } })).status).toBe(404);
  });

  it('pages', async () => {
    const ids: string[] = [];
    for (let after = '', more = true; more; ) {
      const { body } = await gateway.call('GET', `/api/v1/users?limit=2${after}`);
      ids.push(...(body.data as { id: string }[]).map(({ id }) => id));
      more = body.hasMore as boolean;
      after = `&startingAfter=${ids.at(-1)}`;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect((await gateway.call('GET', '/api/v1/users?limit=0')).status).toBe(400);
    expect((await gateway.call('GET', '/api/v1/users?limit=101')).status).toBe(400);
  });
});

describe('API keys', () => {
  it('are shown once, kept as a hash, listed without secret, and end when revoked', async () => {
    const headers = { 'idempotency-key': 'make-key' };
    const made = await gateway.call('POST', '/api/v1/api-keys', { headers, body: { name: 'warehouse', scopes: ['accounts:read'] } });
    expect(made).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^pk_\w{8}_\w{32}$/), scopes: ['accounts:read'] } });
    const { key, id } = made.body as { key: string; id: string };
    expect((await gateway.call('POST', '/api/v1/api-keys', { headers, body: { name: 'warehouse', scopes: ['accounts:read'] } })).body).toEqual(made.body);
    const stored = JSON.stringify(await gateway.service.running.get(Database).query(`SELECT k::text, encode(key_hash, 'escape') FROM api_keys k`));
    expect(stored).not.toContain(key.slice(12));
    expect(JSON.stringify((await gateway.call('GET', '/api/v1/api-keys')).body)).not.toContain(key.slice(12));

    expect((await gateway.call('GET', '/api/v1/accounts', { key })).status).toBe(200);
    expect((await gateway.call('GET', '/api/v1/users', { key })).status).toBe(403);
    expect((await gateway.call('GET', `/api/v1/api-keys/${id}`)).body).toMatchObject({ lastUsedAt: expect.any(String), revokedAt: null });
    expect(await gateway.call('GET', '/api/v1/accounts', { key: `${key.slice(0, -1)}!` })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('revoked or misspelt') } });
    expect(await gateway.call('GET', '/api/v1/users', { key: `${key.slice(0, -1)}!` })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('revoked or misspelt') } });
    expect(await gateway.call('GET', '/api/v1/accounts', { key: null })).toMatchObject({ status: 401, body: { detail: 'sign in, or send an API key' } });
    expect((await gateway.call('GET', '/api/v1/accounts', { key: `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}` })).status).toBe(401);
    expect((await gateway.call('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204);
    expect((await gateway.call('GET', '/api/v1/accounts', { key })).status).toBe(401);
  });

  it('refuses scopes that do not exist', async () => {
    expect((await gateway.call('POST', '/api/v1/api-keys', { body: { name: 'x', scopes: ['everything'] } })).status).toBe(400);
    expect((await gateway.call('POST', '/api/v1/api-keys', { body: { name: 'x', scopes: [] } })).status).toBe(400);
  });
});

describe('every own route with every role', () => {
  it.each(roles)('%s', async (role) => {
    const email = `${role}-matrix@example.com`;
    await gateway.call('POST', '/api/v1/users', { body: { email, role, password: 'twelve characters' } });
    const { cookie } = await gateway.signIn(email, 'twelve characters');
    const status = async (path: string) => (await gateway.call('GET', path, { key: null, headers: { cookie } })).status;
    const may = (scope: string) => (scopesOfRole[role] as readonly string[]).includes(scope);
    for (const path of ['/api/v1/users', '/api/v1/api-keys']) expect([path, await status(path)]).toEqual([path, may('admin') ? 200 : 403]);
    // The fakes answer something that is no pipeline, so a caller who may look gets past the guard.
    expect([role, await status('/internal/dead-letters')]).toEqual([role, may('operate') ? 200 : 403]);
  });

  it('nobody', async () => {
    const document = (await gateway.service.request('GET', '/internal/openapi.json')).body.paths as Record<string, Record<string, object>>;
    const open = ['POST /api/v1/session'];
    for (const [path, methods] of Object.entries(document)) {
      for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
        if (open.includes(`${method} ${path}`)) continue;
        const { status } = await gateway.call(method, path.replace('{id}', 'x'), { key: null });
        expect([method, path, status]).toEqual([method, path, 401]);
      }
    }
  });

  it('by another method', async () => {
    expect(await gateway.call('PUT', '/api/v1/users')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' }, body: { code: 'method_not_allowed' } });
    expect(await gateway.call('PUT', '/api/v1/users/x')).toMatchObject({ status: 405, headers: { allow: 'DELETE, GET, HEAD, PATCH' } });
    const [guarded, unknown] = await Promise.all(['/api/v1/users', '/api/v1/nothing'].map((path) => gateway.call('PUT', path, { key: null })));
    for (const { body } of [guarded!, unknown!]) for (const name of ['traceId', 'instance']) delete body[name];
    expect(guarded).toMatchObject({ status: 404, body: unknown!.body });
    expect(guarded!.headers).not.toHaveProperty('allow');
    expect(await gateway.call('PUT', '/api/v1/session', { key: null })).toMatchObject({ status: 405, headers: { allow: 'DELETE, GET, HEAD, POST' } });
    expect(await gateway.call('PUT', '/api/v1/accounts', { key: null })).toMatchObject({ status: 401 });
  });
});
