import { riskChangesTopic } from '@perennial/contracts/topics';
import { Transient } from '@perennial/persistence/errors';
import { stopTestPostgres } from '@perennial/testing/postgres';
import { FollowRiskChangesHandler } from '../src/messaging/follow-risk-changes.handler.js';
import { riskChange } from './desk-fixture.js';
import { received, workbench } from './workbench.js';

const due = new Date('2026-12-08T00:00:00.000Z');

describe('durable timers', () => {
  let bench: Awaited<ReturnType<typeof workbench>>;

  /** A run per account, each waiting until `due`. */
  async function startRuns(...accountIds: string[]) {
    const handler = new FollowRiskChangesHandler(bench.desks);
    const events = accountIds.map((accountId) => received(riskChangesTopic, { type: 'perennial.risk.changed.v1', data: { ...riskChange('green', 'red'), accountId } }, accountId, 1));
    await bench.database.transaction((tx) => handler.handle({ topic: riskChangesTopic, partition: 0, events, memory: { keep: (_, make) => make() }, caughtUp: true, rebuilding: false }, tx));
    bench.outbox.published.length = 0;
  }
  const openTasks = async (accountId: string) => (await bench.workList.tasks({ accountId, ownerId: null, status: 'open' }, { limit: 50, after: null })).length;
  const told = (accountId: string) => bench.outbox.published.filter((event) => event.key === accountId).map((event) => event.type);
  const endLeases = () => bench.database.query(`UPDATE timer SET leased_until = clock_timestamp() - interval '1 second' WHERE leased_until IS NOT NULL`);

  beforeEach(async () => {
    bench = await workbench();
  });
  afterEach(() => bench.dispose());
  afterAll(() => stopTestPostgres());

  it('say when the next one is due, and fire it then, not before', async () => {
    await startRuns('a');
    expect(await bench.fireTimers().nextDueAt()).toEqual(due);
    await bench.fireTimers().runDue(new Date(due.getTime() - 1));
    expect(await openTasks('a')).toBe(2);
    await bench.fireTimers().runDue(due);
    expect(await openTasks('a')).toBe(3);
    expect(told('a')).toEqual(['perennial.run.changed.v1', 'perennial.task.changed.v1']);
    expect(await bench.fireTimers().nextDueAt()).toBeNull();
  });

  it.each([['before-commit', 0], ['after-commit', 1]] as const)('survive a kill %s: the step is taken once', async (breakAt, taken) => {
    await startRuns('a');
    bench.database.breakAt = breakAt;
    await expect(bench.fireTimers().runDue(due)).rejects.toThrow();
    bench.database.breakAt = null;
    expect(await openTasks('a')).toBe(2 + taken);
    // While the lease of the dead one lasts nobody else takes it.
    await bench.fireTimers().runDue(due);
    expect(await openTasks('a')).toBe(2 + taken);
    await endLeases();
    await bench.fireTimers().runDue(due);
    await bench.fireTimers().runDue(due);
    expect(await openTasks('a')).toBe(3);
    expect(told('a')).toEqual(['perennial.run.changed.v1', 'perennial.task.changed.v1']);
  });

  it('are due again at once after a failure that was none of theirs, and it does not count as an attempt', async () => {
    await startRuns('a', 'b');
    bench.database.breakAt = 'begin';
    for (let attempt = 1; attempt <= 6; attempt++) await expect(bench.fireTimers().runDue(due)).rejects.toThrow(Transient);
    bench.database.breakAt = null;
    expect((await bench.timers.claim(due, 1, 0)).map(({ attempts }) => attempts)).toEqual([1]);
    await endLeases();
    await bench.fireTimers().runDue(due);
    expect([await openTasks('a'), await openTasks('b')]).toEqual([3, 3]);
  });

  it('are claimed by one of several workers, and a slow one finds the fence shut', async () => {
    await startRuns('a', 'b', 'c');
    const slow = await bench.timers.claim(due, 2, 30);
    const other = await bench.timers.claim(due, 10, 30);
    expect([slow.length, other.length]).toEqual([2, 1]);
    await endLeases();
    const again = await bench.timers.claim(due, 10, 30);
    expect(again).toHaveLength(3);
    await bench.database.transaction(async (tx) => {
      expect(await bench.timers.takeOut(tx, slow)).toEqual(new Set());
      expect(await bench.timers.takeOut(tx, again)).toEqual(new Set(again.map((timer) => timer.id)));
    });
  });

  it('are taken from whoever holds them when they are planned anew', async () => {
    await startRuns('a');
    const held = await bench.timers.claim(due, 10, 30);
    await bench.database.transaction((tx) => bench.store.save(tx, { books: [], runs: [], tasks: [], timers: { set: [{ id: held[0]!.id, accountId: 'a', runId: held[0]!.runId, dueAt: '2027-01-01T00:00:00.000Z' }], drop: [] } }));
    await bench.database.transaction(async (tx) => expect(await bench.timers.takeOut(tx, held)).toEqual(new Set()));
    expect(await bench.timers.nextDueAt()).toEqual(new Date('2027-01-01T00:00:00.000Z'));
  });

  it('of a broken run hold no other, and end in a failed run', async () => {
    await startRuns('a', 'broken', 'c');
    await bench.database.query(`UPDATE playbook_run SET run = jsonb_set(run, '{threads,0,track}', '"lost"') WHERE account_id = 'broken'`);
    await expect(bench.fireTimers().runDue(due)).rejects.toThrow('1 of 3 due steps failed');
    expect([await openTasks('a'), await openTasks('broken'), await openTasks('c')]).toEqual([3, 2, 3]);
    for (let attempt = 2; attempt <= 5; attempt++) {
      await endLeases();
      await expect(bench.fireTimers().runDue(due)).rejects.toThrow('1 of 1 due steps failed');
    }
    expect(await bench.workList.runs('broken', { limit: 5, after: null })).toMatchObject([{ state: 'failed', outcome: 'a step failed again and again: see the log' }]);
    expect(await openTasks('broken')).toBe(0);
    expect(await bench.timers.nextDueAt()).toBeNull();
  });

  it('are found by their index among many', async () => {
    await bench.database.query(`INSERT INTO timer (id, account_id, due_at) SELECT gen_random_uuid(), 'x', timestamptz '2027-01-01' + n * interval '1 minute' FROM generate_series(1, 20000) n`);
    await bench.database.query('ANALYZE timer');
    const plan = await bench.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN SELECT id FROM timer WHERE due_at <= '2027-01-02' AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED`);
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Scan using timer_by_due_time');
  });
});
