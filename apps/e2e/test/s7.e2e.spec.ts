import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { prepareAccount } from './prepared-account.js';
import { System, until } from './system.js';

/** Stands in every text that is planted about the person; nothing else holds it. */
const bird = 'zugtaube';
const email = `${bird}@s7.example`;
const accountId = 's7-co';

/** On the Postgres log: Kafka's records go with their retention alone (docs/adr/0017). */
describe('S7: a person who was erased leaves no trace', () => {
  const start = new Date('2026-03-02T08:00:00Z');
  let system: System;

  beforeAll(async () => {
    system = await System.start({ kafka: null, now: start.toISOString(), args: ['--log-level', 'trace'] });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  const about = (id: string, kind: string, data: object) => ({ id, kind, accountId, personId: bird, data });

  /** Every row of every table of every database, bytes as the text they hold. */
  async function dump(): Promise<string[]> {
    const { databasePasswords } = JSON.parse(readFileSync(join(system.dataDir, 'secrets.json'), 'utf8')) as { databasePasswords: Record<string, string> };
    const found: string[] = [];
    for (const [name, password] of Object.entries(databasePasswords)) {
      const client = new pg.Client({ connectionString: `postgres://${name}:${encodeURIComponent(password)}@localhost/${name}?host=${encodeURIComponent(join(system.dataDir, 'postgres/run'))}` });
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
  const withBird = (texts: readonly string[]) => texts.filter((text) => text.toLowerCase().includes(bird)).map((text) => text.slice(Math.max(0, text.toLowerCase().indexOf(bird) - 150), text.toLowerCase().indexOf(bird) + 60));

  it('in any database, in the log, or in what the services say; and stays erased', async () => {
    await system.signals(prepareAccount(accountId, start, { endsOn: '2026-12-31' }).signals);
    await system.signals([
      about('p1', 'person', { change: 'created', email, name: `Frau ${bird}`, title: `Head of ${bird}`, roles: ['champion', 'executive_sponsor'] }),
      about('u1', 'usage', { event: 'Opened', properties: { who: bird } }),
      about('s1', 'survey', { type: 'nps', score: 2, comment: `${bird} is not amused` }),
      about('e1', 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: bird, role: 'champion' }] }),
      about('t1', 'ticket', { ticketId: 'tick-1', status: 'opened', priority: 'urgent', subject: `${bird} cannot sign in` }),
      about('p2', 'person', { change: 'departed' }),
    ]);
    await system.call('POST', '/api/v1/signals', { signals: [about('bad', 'pulse', { pulse: 9, reason: bird })] });
    await system.settle();
    await until('the reject', async () => (await system.list('/api/v1/rejected')).length === 1);
    expect(withBird(await dump()).length).toBeGreaterThan(10);

    const { id } = await system.post<{ id: string }>(`/api/v1/people/${encodeURIComponent(`email:${email}`)}/erase`, {});
    await until('the erasure', async () => {
      await system.settle();
      return (await system.get<{ state: string }>(`/api/v1/erasures/${id}`)).state === 'done';
    });
    expect(await system.get(`/api/v1/erasures/${id}`)).toMatchObject({ logLeft: 0, logCleanAt: null });
    expect(withBird(await dump())).toEqual([]);
    expect(withBird(system.logText.split('\n'))).toEqual([]);

    const { body } = await system.call<{ results: { code?: string }[] }>('POST', '/api/v1/signals', { signals: [about('u2', 'usage', { event: 'Opened' })] });
    expect(body.results).toMatchObject([{ code: 'person_suppressed' }]);
    expect((await system.call('GET', `/api/v1/accounts/${accountId}/health`)).status).toBe(200);
  }, 60_000);
});
