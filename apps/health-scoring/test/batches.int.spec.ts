import { jest } from '@jest/globals';
import { accountsTopic, plansTopic, renewalsTopic, signalsTopic } from '@perennial/contracts/topics';
import type { Statement } from '@perennial/persistence/transaction';
import type { TestService } from '@perennial/testing/service';
import { Desk, type SignalEvent } from './desk.js';
import { Memory, received, scoringBench } from './scoring-bench.js';

jest.setTimeout(60_000);

type Bench = Awaited<ReturnType<typeof scoringBench>>;
/** Only makes events here: nothing is running. */
const deskOf = (bench: Bench): Desk => new Desk({ clock: bench.clock } as unknown as TestService);
const inLog = (events: readonly SignalEvent[]) => events.map((event) => received(signalsTopic, event));

describe('a batch', () => {
  let bench: Bench;
  let desk: Desk;
  beforeEach(async () => {
    bench = await scoringBench();
    desk = deskOf(bench);
  });
  afterEach(() => bench.dispose());

  it('takes the same statements for one account and for five hundred', async () => {
    const ids = (count: number, from: number) => Array.from({ length: count }, (_, n) => `a-${from + n}`);
    const statementsOf = async (accounts: readonly string[]) => {
      const memory = new Memory();
      const names: string[][] = [];
      const watch = () => {
        const seen: string[] = [];
        names.push(seen);
        return ({ name, text }: Statement) => void seen.push(name ?? text);
      };
      await bench.handle(accountsTopic, bench.accounts, accounts.map((id) => received(accountsTopic, desk.account(id, { stakeholders: [{ personId: 'ben', name: 'Ben', title: null, roles: ['champion'] }] }))), memory, watch());
      await bench.handle(signalsTopic, bench.signals, inLog(accounts.flatMap((id) => desk.well(id))), memory, watch());
      await bench.handle(signalsTopic, bench.signals, inLog(accounts.map((id) => desk.signal(id, 'usage', { event: 'used' }, { personId: `new at ${id}` }))), memory, watch());
      await bench.handle(signalsTopic, bench.signals, inLog(accounts.map((id) => desk.signal(id, 'pulse', { pulse: 2, reason: 'x' }))), memory, watch());
      await bench.handle(renewalsTopic, bench.renewals, accounts.map((id) => received(renewalsTopic, desk.renewals(id))), memory, watch());
      await bench.handle(renewalsTopic, bench.renewals, accounts.map((id) => received(renewalsTopic, desk.renewals(id))), memory, watch());
      await bench.handle(plansTopic, bench.plans, accounts.map((id) => received(plansTopic, desk.plans(id, 'open', ['voice']))), memory, watch());
      return names;
    };
    const one = await statementsOf(ids(1, 0));
    // Sightings are written once a minute of business time.
    bench.clock.advance(new Date('2026-03-02T09:05:00Z'));
    const many = await statementsOf(ids(500, 1));
    // Until every kind of signal has been sent once, those that were not are asked for behind the locks.
    const lasting = (all: string[][]) => all.map((names) => names.filter((name) => !['source-sightings', 'save-sightings'].includes(name)));
    expect(lasting(many)).toEqual(lasting(one));
    expect(Math.max(...lasting(many).map((names) => names.length))).toBeLessThanOrEqual(10);
    // Known accounts of a steady stream: what they cost is what the service costs.
    expect(lasting(many)[3]).toEqual(['lock-accounts', 'outbox-look', 'outbox-write', 'save-states', 'save-verdicts']);
    // A renewal that tells nothing new is read and no more.
    expect(many[5]!.some((name) => name.startsWith('save'))).toBe(false);
  });

  it('gives an account one verdict, however many of its signals a batch holds', async () => {
    await bench.handle(signalsTopic, bench.signals, inLog(Array.from({ length: 400 }, (_, n) => desk.signal('hot', 'usage', { event: 'used' }, { personId: `p-${n % 90}` }))));
    expect(bench.outbox.published).toEqual([{ topic: 'health', key: 'hot' }]);
  });

  it('never goes by a stale or half-changed state, whatever failed and whoever else wrote', async () => {
    const oracle = await scoringBench();
    try {
      const people = ['sam', 'cleo', 'pat', 'new-1', 'new-2'];
      const ids = ['a', 'b', 'c'];
      const memory = new Memory();
      let random = 7;
      const pick = (below: number): number => (random = (random * 48_271) % 2_147_483_647) % below;
      const chunk = () => inLog(Array.from({ length: 1 + pick(6) }, (_, n) => {
        const id = ids[pick(3)]!;
        const personId = people[pick(5)]!;
        const kinds = [
          () => desk.signal(id, 'usage', { event: 'used', quantity: 1 + pick(5) }, { personId }),
          () => desk.signal(id, 'survey', { type: 'renewal_intent', score: pick(11) }, { personId }),
          () => desk.signal(id, 'person', { change: 'updated', roles: [pick(2) ? 'champion' : 'user'] }, { personId }),
          () => desk.signal(id, 'pulse', { pulse: 1 + pick(5), reason: `n ${n}` }),
        ];
        return kinds[pick(4)]!();
      }));
      const failure = new Error('killed');
      const failures: string[] = [];
      for (let round = 0; round < 120; round += 1) {
        bench.clock.advance(new Date(bench.clock.now().getTime() + 3_600_000));
        oracle.clock.advance(bench.clock.now());
        const events = chunk();
        switch (pick(4)) {
          case 0: {
            // Killed at one statement or another, or at the very end; the chunk comes again.
            const at = pick(6);
            let seen = 0;
            const killed = bench.run(async (tx) => {
              await bench.signals.handle({ topic: signalsTopic, partition: 0, events, memory, caughtUp: true, rebuilding: false }, tx);
              throw failure;
            }, ({ name }) => {
              seen += 1;
              if (seen > at + 1) {
                failures.push(name ?? '');
                throw failure;
              }
            });
            await expect(killed).rejects.toBe(failure);
            break;
          }
          case 1: {
            // Somebody judges over HTTP: another connection, without this memory.
            const id = events[0]!.key;
            const wish = { healthScore: pick(101), reason: 'why', expiresAt: bench.clock.now().getTime() + 86_400_000 * pick(4), by: 'olga' };
            for (const one of [bench, oracle]) await one.run((tx) => one.judge.override(tx, id, wish));
            break;
          }
          case 2:
            // Another consumer had the partition meanwhile.
            for (const one of [bench, oracle]) await one.handle(signalsTopic, one.signals, chunkOf(events, 1));
            events.splice(0, events.length, ...chunkOf(events, 2));
            break;
          default:
        }
        await bench.handle(signalsTopic, bench.signals, events, memory);
        await oracle.handle(signalsTopic, oracle.signals, events);
      }
      // Ids of overrides are made anew on each side.
      const rows = async (one: Bench) => ({
        verdicts: (await one.database.query<{ verdict: string }>(`SELECT regexp_replace(verdict, '"id":"[0-9a-f-]{36}"', '"id":""', 'g') AS verdict FROM portfolio ORDER BY account_id`)).map(({ verdict }) => JSON.parse(verdict) as object),
        contacts: await one.database.query('SELECT * FROM contact_health ORDER BY account_id, person_id'),
        days: await one.database.query('SELECT * FROM health_day ORDER BY account_id, day'),
      });
      expect(await rows(bench)).toEqual(await rows(oracle));
      expect(new Set(failures).size).toBeGreaterThan(3);
    } finally {
      await oracle.dispose();
    }
  });
});

/** Every second of the events, from the first or the second. */
const chunkOf = <T>(events: readonly T[], from: 1 | 2): T[] => events.filter((_, n) => n % 2 === from - 1);
