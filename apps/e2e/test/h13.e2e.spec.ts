import { describeOnBothLogs } from './both-logs.js';
import { System, until } from './system.js';

interface Question {
  importId: string;
  changedContacts: number;
  knownContacts: number;
  answered: { answer: string; by: string } | null;
}

await describeOnBothLogs('H13: a clean-up of a CRM is one question', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  /** One account each, with a sponsor, a champion and two more: 200 contacts. */
  const accounts = Array.from({ length: 50 }, (_, n) => `co-${n}`);
  let system: System;
  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    await importPeople('book.csv', accounts.flatMap((id) => [row(id, 'sponsor', 'executive_sponsor'), row(id, 'champion', 'champion'), row(id, 'user', 'user'), row(id, 'buyer', 'budget_holder')]));
  }, 240_000);
  afterAll(() => system?.stop(), 30_000);

  const row = (id: string, name: string, role: string, more: { title?: string; company?: string; change?: string } = {}) =>
    [id, `${id}-${name}`, `${name} of ${id}`, role, more.title ?? 'Head of Sales', more.company ?? 'Customer', more.change ?? 'updated'].join(',');
  /** A file of people, as `perennial import --as people` sends it; over when every account is let go and looked at. */
  const importPeople = async (fileName: string, rows: readonly string[]): Promise<string> => {
    const file = `accountId,personId,name,roles,title,company,change\n${rows.join('\n')}\n`;
    const { url, apiKey } = system.ready;
    const response = await fetch(`${url}/api/v1/imports?as=people&fileName=${fileName}`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/octet-stream' }, body: file });
    expect(response.status).toBeLessThan(300);
    const { id } = (await response.json()) as { id: string };
    await until(`end of ${fileName}`, async () => (await system.get<{ state: string }>(`/api/v1/imports/${id}`)).state === 'done', 60_000);
    await system.settle();
    return id;
  };
  /** Accounts among `ids` of which it is said that somebody has gone. */
  const raised = async (ids: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(ids.map(async (id) => ({ id, kinds: (await system.list<{ kind: string }>(`/api/v1/accounts/${id}/indicators`)).map(({ kind }) => kind) })));
    return found.filter(({ kinds }) => kinds.includes('sponsor_change') || kinds.includes('champion_left')).map(({ id }) => id);
  };
  const questions = (query = '') => system.list<Question>(`/api/v1/judgements/imports${query}`);
  const inbox = async () => (await system.list<{ kind: string; title: string }>('/api/v1/inbox?limit=100')).flatMap(({ kind, title }) => (kind === 'import_question' ? [title] : []));
  /** Of twelve accounts: 6 % of the contacts. */
  const moved = (ids: readonly string[]) => ids.map((id, n) => (n % 2 === 0 ? row(id, 'sponsor', 'executive_sponsor', { company: 'Elsewhere' }) : row(id, 'champion', 'champion', { change: 'deactivated' })));

  it('6 % of contacts at once: no indicator, one inbox item, one question; `real` raises them', async () => {
    const ids = accounts.slice(0, 12);
    const importId = await importPeople('moved.csv', moved(ids));
    expect(await raised(accounts)).toEqual([]);
    expect(await questions()).toMatchObject([{ importId, changedContacts: 12, knownContacts: 200, answered: null }]);
    await until('inbox item', async () => (await inbox()).length > 0);
    expect(await inbox()).toEqual([expect.stringContaining(`Import ${importId} changed 12 of 200 contacts: did they really change?`)]);
    // The same word on the next night is no news.
    await importPeople('night.csv', [...moved(ids), row('co-49', 'user', 'user')]);
    expect(await raised(accounts)).toEqual([]);

    await system.post(`/api/v1/judgements/imports/${importId}`, { answer: 'real', reason: 'A group of customers was sold' });
    await system.settle();
    await until('indicators of the answer', async () => (await raised(ids)).length === ids.length);
    expect(await raised(accounts)).toEqual(ids);
  }, 240_000);

  it('4 % are raised at once, by nobody’s leave', async () => {
    const ids = accounts.slice(12, 20);
    await importPeople('few.csv', moved(ids));
    expect(await raised(ids)).toEqual(ids);
    expect(await questions('?state=open')).toEqual([]);
  }, 240_000);

  it('`clean_up`: never raised, and contacts keep what they were told to be', async () => {
    const ids = accounts.slice(20, 32);
    const importId = await importPeople('tidy.csv', moved(ids));
    expect(await raised(ids)).toEqual([]);
    await system.post(`/api/v1/judgements/imports/${importId}`, { answer: 'clean_up', reason: 'Names of companies were unified' });
    await system.settle();
    await importPeople('next-night.csv', moved(ids));
    await system.clock(new Date(start.getTime() + 2 * 86_400_000));
    await system.settle();
    expect(await raised(ids)).toEqual([]);
    expect((await questions()).map(({ answered }) => answered?.answer)).toEqual(['clean_up', 'real']);
    expect(await inbox()).toHaveLength(2);
    const people = await system.list<{ id: string; status: string }>(`/api/v1/people?accountId=${ids[1]}`);
    expect(people.find(({ id }) => id === `${ids[1]}-champion`)).toMatchObject({ status: 'deactivated' });
  }, 240_000);
});
