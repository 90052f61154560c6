import { jest } from '@jest/globals';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { CompareUsage } from '../src/application/compare-usage.js';
import { peerLevelsOf } from '../src/domain/usage/usage-peers.js';
import { parseDay } from '../src/domain/time/day.js';
import { healthScoring } from '../src/service.js';
import { Desk, type SignalEvent } from './desk.js';

jest.setTimeout(120_000);

describe('peers', () => {
  const ids = Array.from({ length: 40 }, (_, i) => `acc-${i}`);
  let service: TestService;
  let desk: Desk;
  const use = (daysAhead: number, quantityOf: (i: number) => number): SignalEvent[] =>
    ids.map((id, i) => desk.signal(id, 'usage', { event: 'used', quantity: quantityOf(i) + ((i * 7 + daysAhead) % 5) }, { at: desk.days(daysAhead) }));

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
    const past = Array.from({ length: 100 }, (_, i) => use(i - 100, () => 100)).flat();
    await desk.tell(...past);
  });
  afterAll(() => service.stop());

  it('a quiet time that all share alarms nobody, and one that falls besides is found', async () => {
    const start = desk.days(0);
    const at = (day: number): string => new Date(Date.parse(start) + day * 86_400_000).toISOString();
    for (let day = 1; day <= 35; day += 1) {
      await service.advance(at(day));
      await desk.tell(...use(0, (i) => (i === 0 ? 5 : 30 + i)));
    }
    const raised = [];
    for (const id of ids) if ((await desk.kinds(id)).includes('usage_drop')) raised.push(id);
    expect(raised).toEqual(['acc-0']);
  });

  it('are compared as the accounts stand, and known again after a start', async () => {
    const database = service.running.get(Database);
    const [newest] = await database.query<{ day: string }>('SELECT max(day)::text AS day FROM usage_peers');
    const rows = await database.query<{ level: number; size: number }>('SELECT use_level AS level, size_class AS size FROM portfolio WHERE use_level IS NOT NULL');
    await database.query('DELETE FROM usage_peers WHERE day = (SELECT max(day) FROM usage_peers)');
    await service.running.get(CompareUsage)['store'].compare(database, parseDay(newest!.day), 240);
    const own = peerLevelsOf(rows.map(({ level, size }) => ({ level, sizeClass: size }))).get(0);
    expect(own?.accounts).toBe(40);
    const read = new CompareUsage(database, service.running.get(CompareUsage)['store'], service.clock);
    await read.onModuleInit();
    const found = read.levelOn(parseDay(newest!.day), 0);
    expect(found?.accounts).toBe(40);
    expect(found?.median).toBeCloseTo(own!.median, 9);
    expect(found?.distance).toBeCloseTo(own!.distance, 9);
  });
});
