import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { loadUses } from '../src/persistence/contact-rows.js';
import { healthScoring } from '../src/service.js';
import { Desk, type SignalEvent } from './desk.js';

jest.setTimeout(120_000);

describe('the heaviest users of accounts where nobody has the role of a power user (H10)', () => {
  const people = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `u${from + i}`);
  const [heavy, others, joined] = [people(0, 6), people(6, 60), people(60, 90)];
  let service: TestService;
  let desk: Desk;
  const told: SignalEvent[] = [];

  const use = (accountId: string, who: readonly string[], daysAhead = 0): SignalEvent[] =>
    who.map((personId) => desk.signal(accountId, 'usage', { event: 'used' }, { at: desk.days(daysAhead), personId }));
  async function tell(...events: SignalEvent[]): Promise<void> {
    told.push(...events);
    await desk.tell(...events);
  }
  const found = async (accountId: string) => (await desk.health(accountId)).indicators.find(({ kind }) => kind === 'power_user_decline');
  /** Days on which half of the heaviest of `hollow` stay away, and more people come; `steady` goes on. */
  async function live(days: number): Promise<void> {
    for (let day = 1; day <= days; day += 1) {
      await service.advance(desk.days(1));
      await tell(...use('hollow', [...heavy.slice(0, 3), ...(day % 4 === 0 ? [...others, ...joined] : [])]), ...use('steady', [...heavy, ...(day % 7 === 0 ? others : [])]));
    }
  }

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    await desk.tellAccounts(...['hollow', 'steady'].map((id) => desk.account(id, { createdAt: desk.days(-300) })));
    const days = Array.from({ length: 63 }, (_, i) => 3 * i - 189);
    await tell(...['hollow', 'steady'].flatMap((id) => days.flatMap((day) => [...use(id, heavy, day), ...(day % 2 === 0 ? use(id, others, day) : [])])));
  });
  afterAll(() => service.stop());

  it('a fall among them is raised though growth elsewhere hides it, by looks that hold none of their rows', async () => {
    await live(28);
    expect([await found('hollow'), await found('steady')]).toEqual([undefined, undefined]);
    await live(14);
    expect((await found('hollow'))?.text).toMatch('3 of the heaviest users active in four weeks, usually 6');
    expect(await found('steady')).toBeUndefined();
    const { measures } = await desk.health('hollow');
    expect(measures.find(({ id }) => id === 'usage_level')?.value).toBeGreaterThan(1);
    expect(await service.running.get(Database).query(`SELECT 1 FROM contact_health WHERE account_id = 'hollow' AND kept`)).toEqual([]);
  });

  it('it stands as it was when all is told again in one go', async () => {
    const before = await found('hollow');
    await desk.tell(desk.mark('hollow', 'reset'), ...desk.again(told.filter(({ key }) => key === 'hollow')), desk.mark('hollow', 'restated'));
    expect(await found('hollow')).toEqual(before);
  });

  it('reads as many accounts as fit into memory, each of them whole', async () => {
    const database = service.running.get(Database);
    const sizes = { 'big-a': 15_000, 'big-b': 15_000, 'big-c': 25_000 };
    for (const [id, size] of Object.entries(sizes)) {
      await database.query({
        text: `INSERT INTO contact_health (account_id, person_id, kept, facts)
               SELECT $1, 'p-' || n, false, (SELECT facts FROM contact_health WHERE account_id = 'steady' AND person_id = 'u0') FROM generate_series(1, $2::int) AS n`,
        values: [id, size],
      });
    }
    const read = async (...ids: string[]) => Object.fromEntries([...(await database.transaction((tx) => loadUses(tx, ids)))].map(([id, people]) => [id, people.length]));
    expect(await read('big-a', 'nobody')).toEqual({ 'big-a': 15_000, nobody: 0 });
    expect(await read('big-a', 'big-b', 'nobody')).toEqual({ 'big-a': 15_000 });
    expect(await read('big-c')).toEqual({ 'big-c': 25_000 });
    await database.query(`DELETE FROM contact_health WHERE account_id LIKE 'big-%'`);
  });

  it('use that comes late counts on the next day', async () => {
    await tell(...use('hollow', heavy.slice(3), -8));
    await service.advance(desk.days(1));
    expect(await found('hollow')).toBeUndefined();
  });
});
