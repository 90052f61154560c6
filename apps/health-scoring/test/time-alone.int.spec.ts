import { jest } from '@jest/globals';
import type { Signal } from '@perennial/contracts/signal';
import { signalsTopic, sourcesTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import type { TestClock } from '@perennial/service-kit/clock';
import { startTestService, type TestService } from '@perennial/testing/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backfills } from '../src/application/backfills.js';
import { healthScoring } from '../src/service.js';
import { Desk } from './desk.js';

jest.setTimeout(60_000);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await holds()); ) {
    if (performance.now() > end) throw new Error('it did not come about');
    await sleep(10);
  }
}

describe('time alone', () => {
  let service: TestService;
  let desk: Desk;

  beforeEach(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterEach(() => service.stop());

  /** Moves the clock at once, whatever waits. */
  function jumpTo(instant: Date): void {
    (service.clock as TestClock).advance(instant);
    service.running.nudge();
  }
  const measure = async (accountId: string, id: string) => (await desk.health(accountId)).measures.find((one) => one.id === id)!;

  it('lets answers age, and never to a better score', async () => {
    await desk.tellAccounts(desk.account('ages'));
    await desk.tell(...desk.well('ages'));
    const scores: (number | null)[] = [];
    for (const [days, state, points] of [[0, 'ok', 85], [29, 'ok', 85], [37, 'ok', null], [46, 'stale', 50]] as const) {
      await service.advance(new Date(Date.parse('2026-03-02T09:00:00Z') + days * 86_400_000));
      const pulse = await measure('ages', 'csm_sentiment');
      expect([days, pulse.state]).toEqual([days, state]);
      if (points === null) expect([pulse.points! < 85, pulse.points! > 50]).toEqual([true, true]);
      else expect(pulse.points).toBe(points);
      scores.push(pulse.contribution);
      expect((await desk.health('ages')).asOf.slice(0, 10)).toBe(desk.days(0).slice(0, 10));
    }
    expect([...scores].sort((a, b) => b! - a!)).toEqual(scores);
    const { body } = await desk.get<{ data: object[] }>('/ages/health/history?limit=100');
    expect(body.data).toHaveLength(47);
  });

  it('raises a silence and a fall of use with no event arriving, once, with the cause named', async () => {
    const history = Array.from({ length: 84 }, (_, day) => day - 84);
    await desk.tellAccounts(...['quiet', 'falls', 'steady'].map((id) => desk.account(id, { createdAt: desk.days(-90) })));
    await desk.tell(...['quiet', 'falls', 'steady'].flatMap((id) => [...desk.well(id), ...history.map((day) => desk.signal(id, 'usage', { event: 'used', quantity: 100 }, { at: desk.days(day), personId: 'pat' }))]));
    expect([await desk.kinds('quiet'), await desk.kinds('falls'), (await measure('falls', 'usage_level')).points]).toEqual([[], [], 80]);
    const raised: Record<string, number> = {};
    for (let day = 1; day <= 42; day += 1) {
      await desk.tell(desk.signal('falls', 'usage', { event: 'used', quantity: 20 }, { personId: 'pat' }), desk.signal('steady', 'usage', { event: 'used', quantity: 100 }, { personId: 'pat' }));
      await service.advance(desk.days(1));
      for (const id of ['quiet', 'falls', 'steady']) for (const kind of await desk.kinds(id)) raised[`${id} ${kind}`] ??= day;
    }
    expect(Object.keys(raised).filter((one) => !one.startsWith('falls'))).toEqual(expect.arrayContaining(['quiet gone_dark']));
    // Ten business days after Sunday 1 March end on Friday 13: dark from Saturday 14.
    expect(raised['quiet gone_dark']).toBe(12);
    expect(raised['falls usage_drop']).toBeGreaterThan(14);
    expect(raised['steady usage_drop'] ?? raised['falls gone_dark'] ?? raised['steady gone_dark']).toBeUndefined();
    const dark = (await desk.health('quiet')).indicators.filter(({ kind }) => kind === 'gone_dark');
    expect(dark).toHaveLength(1);
    expect(dark[0]!.evidence).toHaveLength(1);
    expect((await desk.risks('quiet')).map(({ from, to, cause }) => `${from} ${to} ${cause}`)[0]).toBe('green amber time');
  });

  it('calls no account silent while the source is, tells that once, and that it is back once', async () => {
    await desk.tellAccounts(desk.account('a', { createdAt: desk.days(-90) }), desk.account('b', { createdAt: desk.days(-90) }));
    await desk.tell(...desk.well('a'), ...desk.well('b'));
    for (let day = 0; day < 5; day += 1) {
      await desk.tell(...['a', 'b'].flatMap((id) => [desk.signal(id, 'usage', { event: 'used' }), desk.signal(id, 'ticket', { ticketId: 't-1', status: 'updated', priority: 'low' })]));
      await service.advance(desk.days(1));
    }
    const before = await desk.health('a');
    await service.advance(desk.days(21));
    const after = await desk.health('a');
    expect(after.indicators.map(({ kind }) => kind)).not.toContain('gone_dark');
    expect(after.dataCoverage).toBeLessThan(before.dataCoverage);
    expect(after.measures.find(({ id }) => id === 'ticket_load')!.state).toBe('stale');
    const told = async () => (await service.published(sourcesTopic)).flatMap(({ key, data }) => (key === 'usage' && 'state' in data ? [`${data.state} ${data.since.slice(0, 10)}`] : []));
    // Last seen on Friday 6 March; Saturday and Sunday do not count.
    const once = await told();
    expect(once).toEqual([expect.stringMatching(/^stale 2026-03-(10|11|12)$/)]);
    await desk.tell(desk.signal('b', 'usage', { event: 'used' }));
    await desk.tell(desk.signal('a', 'usage', { event: 'used' }));
    expect(await told()).toEqual([...once, `alive ${desk.days(0).slice(0, 10)}`]);
  });

  it('goes by the last signal applied where signals wait, and by now elsewhere', async () => {
    const database = service.running.get(Database);
    const ids = ['waits', 'free', 'other'];
    await desk.tellAccounts(...ids.map((id) => desk.account(id, { createdAt: desk.days(-90) })));
    await desk.tell(...ids.flatMap((id) => desk.well(id)));
    const asOf = async (id: string) => (await desk.health(id)).asOf;
    const seen = await asOf('waits');
    let release = (): void => undefined;
    const blocked = database.transaction(async (tx) => {
      await tx.query(`SELECT FROM account_health WHERE account_id = 'waits' FOR UPDATE`);
      await new Promise<void>((resolve) => (release = resolve));
    });
    await sleep(50);
    const waiting = desk.signal('waits', 'usage', { event: 'used' }, { personId: 'pat' });
    await service.publish(signalsTopic, [waiting]);
    await sleep(150);
    jumpTo(new Date(desk.days(30)));
    await until(async () => (await asOf('free')) === desk.days(0));
    expect(await asOf('waits')).toBe(seen);
    release();
    await blocked;
    await service.settle();
    expect(await asOf('waits')).toBe(desk.days(0));
  });

  it('looks at all others when one account cannot be judged', async () => {
    const database = service.running.get(Database);
    const ids = Array.from({ length: 30 }, (_, n) => `p-${n}`);
    await desk.tellAccounts(...ids.map((id) => desk.account(id)));
    await database.query(`UPDATE account_health SET state = '\\x09', revision = revision + 1 WHERE account_id = 'p-7'`);
    jumpTo(new Date('2026-03-03T00:00:00Z'));
    await service.settle();
    for (const id of ids) expect([id, (await desk.health(id)).asOf]).toEqual([id, id === 'p-7' ? '2026-03-02T09:00:00.000Z' : '2026-03-03T00:00:00.000Z']);
    expect(await database.query(`SELECT next_look_at FROM portfolio WHERE account_id = 'p-7'`)).toEqual([{ next_look_at: new Date('2026-03-03T01:00:00Z') }]);
  });

  it('does not keep accounts waiting behind hundreds whose history is loaded or restated', async () => {
    const database = service.running.get(Database);
    const held = Array.from({ length: 300 }, (_, n) => `h-${n}`);
    await desk.tellAccounts(...[...held, 'z-free', 'restated'].map((id) => desk.account(id)));
    await desk.tell(desk.mark('restated', 'reset'));
    expect(await database.query(`SELECT next_look_at FROM portfolio WHERE account_id = 'restated'`)).toEqual([{ next_look_at: null }]);
    await database.query({ text: `UPDATE portfolio SET next_look_at = next_look_at - interval '1 hour' WHERE account_id = ANY($1)`, values: [held] });
    const history = held.map((accountId) => ({ accountId, occurredAt: desk.days(-90), receivedAt: desk.days(0) }) as Signal);
    service.running.get(Backfills).note(history);
    jumpTo(new Date('2026-03-03T00:00:00Z'));
    await until(async () => (await desk.health('z-free')).asOf === '2026-03-03T00:00:00.000Z');
    expect((await desk.health('h-0')).asOf).toBe('2026-03-02T09:00:00.000Z');
    await service.settle();
    const rows = await database.query<{ as_of: string; n: number }>(`SELECT verdict::jsonb ->> 'asOf' AS as_of, count(*)::int AS n FROM portfolio GROUP BY 1 ORDER BY 1`);
    expect(rows).toEqual([{ as_of: '2026-03-02T09:00:00.000Z', n: 1 }, { as_of: '2026-03-03T00:00:00.000Z', n: 301 }]);
  });
});
