import { testDatabase, type TestDatabase } from '@perennial/testing/postgres';
import { idempotentCall, once } from '../src/idempotency.js';
import { kitMigrations } from '../src/kit-migrations.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase({ migrations: kitMigrations });
}, 60_000);
afterAll(() => db.dispose());

const call = (key: string, body: unknown, sub = 'u1', url = '/api/v1/things/plain-id?x=1') =>
  idempotentCall({ method: 'POST', url, headers: { 'idempotency-key': key }, body, principal: { sub, role: null, scopes: [] } });

function counted() {
  let runs = 0;
  const effect = async () => ({ id: `thing-${++runs}`, secret: 'whsec_shown_once' });
  const send = (request: ReturnType<typeof call>) => db.database.transaction((tx) => once(tx, request, effect));
  return { send, runs: () => runs };
}

describe('Idempotency-Key', () => {
  it('answers a repeated call as the first, without another effect', async () => {
    const { send, runs } = counted();
    const first = await send(call('a', { name: 'x', n: 1 }));
    expect(await send(call('a', { n: 1, name: 'x' }))).toEqual(first);
    expect(runs()).toBe(1);
  });

  it('runs the effect once when the same call comes twice at the same time', async () => {
    const { send, runs } = counted();
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(call('b', { n: 1 }))));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(runs()).toBe(1);
  });

  it('refuses the same key with another body with 422', async () => {
    const { send } = counted();
    await send(call('c', { n: 1 }));
    await expect(send(call('c', { n: 2 }))).rejects.toMatchObject({ status: 422, extra: { code: 'idempotency_key_reused' } });
  });

  it('tells callers, routes and keys apart', async () => {
    const { send, runs } = counted();
    await send(call('d', {}));
    await send(call('d', {}, 'u2'));
    await send(call('d', {}, 'u1', '/api/v1/others'));
    await send(call('e', {}));
    await send(null);
    await send(null);
    expect(runs()).toBe(6);
  });

  it('leaves nothing behind when the effect fails, so that the next try works', async () => {
    const request = call('f', {});
    await expect(db.database.transaction((tx) => once(tx, request, async () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    expect(await db.database.transaction((tx) => once(tx, request, async () => 'yes'))).toBe('yes');
  });

  it('forgets after 24 hours of the database clock', async () => {
    const { send, runs } = counted();
    await send(call('g', {}));
    await db.database.query({ text: `UPDATE idempotency_keys SET created_at = now() - interval '25 hours'` });
    await send(call('g', {}));
    expect(runs()).toBe(2);
  });

  it('keeps neither the key, nor the address, nor the answer in the clear', async () => {
    const { send } = counted();
    await send(call('plain-key', {}));
    const rows = await db.database.query({ text: `SELECT route || encode(key_hash, 'escape') || encode(answer, 'escape') AS all FROM idempotency_keys` });
    expect(JSON.stringify(rows)).not.toMatch(/whsec_|plain-key|plain-id/);
  });

  it.each([['', 400], ['with space', 400], ['x'.repeat(256), 400]])('refuses the key %j', (key) => {
    expect(() => call(key, {})).toThrow('Idempotency-Key');
  });
});
