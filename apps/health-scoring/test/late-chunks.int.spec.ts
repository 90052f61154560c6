import { jest } from '@jest/globals';
import { accountsTopic, signalsTopic } from '@perennial/contracts/topics';
import type { Statement } from '@perennial/persistence/transaction';
import type { TestService } from '@perennial/testing/service';
import { parseDay } from '../src/domain/time/day.js';
import { KnownPlans } from '../src/persistence/known-plans.js';
import { PostgresDayStore } from '../src/persistence/postgres-day-store.js';
import { Desk, type SignalEvent } from './desk.js';
import { Memory, received, scoringBench } from './scoring-bench.js';

jest.setTimeout(60_000);

describe('chunks of signals that come late', () => {
  let bench: Awaited<ReturnType<typeof scoringBench>>;
  let desk: Desk;
  const inLog = (events: readonly SignalEvent[]) => events.map((event) => received(signalsTopic, event));
  const tell = (events: readonly SignalEvent[], watch?: (statement: Statement) => void) => bench.handle(signalsTopic, bench.signals, inLog(events), new Memory(), watch);
  const advance = (days: number): void => bench.clock.advance(new Date(desk.days(days)));

  beforeEach(async () => {
    bench = await scoringBench();
    desk = new Desk({ clock: bench.clock } as unknown as TestService);
  });
  afterEach(() => bench.dispose());

  it('are restated some accounts at a time, however many there are', async () => {
    const ids = Array.from({ length: 120 }, (_, n) => `a-${n}`);
    await bench.handle(accountsTopic, bench.accounts, ids.map((id) => received(accountsTopic, desk.account(id))));
    await tell(ids.map((id) => desk.signal(id, 'pulse', { pulse: 4, reason: 'x' })));
    advance(2);
    const asked: number[] = [];
    await tell(ids.map((id) => desk.signal(id, 'pulse', { pulse: 2, reason: 'late' }, { at: desk.days(-1.5) })), ({ name, values }) => {
      if (name === 'days-to-restate') asked.push((values![0] as string[]).length);
    });
    expect(asked.reduce((sum, count) => sum + count)).toBe(ids.length);
    expect(Math.max(...asked)).toBeLessThanOrEqual(50);
    expect(await bench.database.query('SELECT count(*)::integer FROM restated_day')).toEqual([{ count: ids.length }]);
  });

  it('a reset that is read days after it was told leaves the days before it only', async () => {
    const signals = [desk.signal('moved', 'pulse', { pulse: 4, reason: 'x' })];
    await bench.handle(accountsTopic, bench.accounts, [received(accountsTopic, desk.account('moved'))]);
    await tell(signals);
    advance(2);
    const told = inLog([desk.mark('moved', 'reset'), ...desk.again(signals), desk.mark('moved', 'restated'), desk.signal('moved', 'pulse', { pulse: 5, reason: 'y' })]);
    const on = desk.days(0).slice(0, 10);
    advance(3);
    await bench.run((tx) => bench.signals.handle({ topic: signalsTopic, partition: 0, events: told, memory: new Memory(), caughtUp: false, rebuilding: false }, tx));
    expect(await bench.database.query('SELECT account_id, days::text FROM days_left')).toEqual([{ account_id: 'moved', days: `{(,${on})}` }]);
    // Signals told again were received long ago: what was looked at since then was looked at before the reset.
    await tell([desk.signal('moved', 'pulse', { pulse: 3, reason: 'z' })]);
    const again = inLog([desk.mark('moved', 'reset'), ...desk.again(signals), desk.mark('moved', 'restated')]);
    await bench.run((tx) => bench.signals.handle({ topic: signalsTopic, partition: 0, events: again, memory: new Memory(), caughtUp: false, rebuilding: false }, tx));
    expect(await bench.database.query('SELECT days::text FROM days_left')).toEqual([{ days: `{(,${desk.days(0).slice(0, 10)})}` }]);
  });

  it('readings of restated days are forgotten some at a time, and their numbers stay', async () => {
    await bench.database.query(`INSERT INTO restated_day (account_id, day, band, risk_level, data_coverage, strikes, looked_at, facts, unknown)
      SELECT 'a-' || n, '2026-01-01', 'green', 'green', 1, 0, '2026-01-01', '\\x01', '{}' FROM generate_series(1, 1200) n`);
    const store = new PostgresDayStore(bench.database, new KnownPlans(bench.database));
    const left: unknown[] = [];
    for (let isMore = true; isMore; ) {
      isMore = await store.forgetSome(bench.database, parseDay('2026-01-02'));
      left.push(...(await bench.database.query('SELECT count(facts)::integer AS facts, count(*)::integer AS days FROM restated_day')));
    }
    expect(left).toEqual([700, 200, 0].map((facts) => ({ facts, days: 1200 })));
  });
});
