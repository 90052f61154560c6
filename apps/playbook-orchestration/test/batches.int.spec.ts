import { accountsTopic, healthTopic, riskChangesTopic, usersTopic } from '@perennial/contracts/topics';
import type { AnyTopic } from '@perennial/contracts/topic';
import type { BatchHandler, EventBatch } from '@perennial/messaging/batch-consumer';
import { ReleaseTasks } from '../src/application/release-tasks.js';
import { FollowAccountsHandler } from '../src/messaging/follow-accounts.handler.js';
import { FollowHealthHandler } from '../src/messaging/follow-health.handler.js';
import { FollowRiskChangesHandler } from '../src/messaging/follow-risk-changes.handler.js';
import { FollowUsersHandler } from '../src/messaging/follow-users.handler.js';
import { health, indicator, riskChange } from './desk-fixture.js';
import { received, workbench } from './workbench.js';

describe('a batch', () => {
  let bench: Awaited<ReturnType<typeof workbench>>;
  beforeEach(async () => {
    bench = await workbench();
  });
  afterEach(() => bench.dispose());

  /** Statements of one batch. */
  async function handle<T extends AnyTopic>(topic: T, handler: BatchHandler<T>, events: EventBatch<T>['events']): Promise<number> {
    bench.database.statements = 0;
    await bench.database.transaction((tx) => handler.handle({ topic, partition: 0, events, memory: { keep: (_, make) => make() }, caughtUp: true, rebuilding: false }, tx));
    return bench.database.statements;
  }
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `account-${from + n}`);
  const red = (ids: string[], version: number) => ids.map((id) => received(riskChangesTopic, { type: 'perennial.risk.changed.v1', data: { ...riskChange('green', 'red'), accountId: id, version } }, id, version));
  const verdict = (ids: string[], version: number) => ids.map((id) => received(healthTopic, { type: 'perennial.health.changed.v1', data: { ...health('red', ['use', 'people', 'voice'], { indicators: [indicator('goals_missing', 'hygiene')] }), accountId: id, version } }, id, version));
  const owned = (ids: string[], ownerId: string, version: number) => ids.map((id) =>
    received(accountsTopic, { type: 'perennial.account.changed.v1', data: { id, name: id, segment: null, tier: null, region: null, country: null, timeZone: null, lifecycleStage: null, ownerId, parentId: null, aliases: [], mergedInto: null, goLive: null, traits: {}, createdAt: '2026-01-01T00:00:00.000Z', stakeholders: [], version } }, id, version));

  it('costs the same number of statements for one account and for hundreds', async () => {
    const risks = new FollowRiskChangesHandler(bench.desks);
    const verdicts = new FollowHealthHandler(bench.desks);
    const accounts = new FollowAccountsHandler(bench.desks);
    const users = new FollowUsersHandler(new ReleaseTasks(bench.store, bench.desks));
    const left = (id: string, version: number) => [received(usersTopic, { type: 'perennial.user.changed.v1', data: { id, email: 'o@example.com', name: null, role: 'csm', active: false, version } }, id, version)];
    const costOf = async (ids: string[], owner: string) => [
      await handle(accountsTopic, accounts, owned(ids, owner, 1)),
      await handle(riskChangesTopic, risks, red(ids, 1)),
      await handle(healthTopic, verdicts, verdict(ids, 1)),
      await handle(accountsTopic, accounts, owned(ids, `${owner}-next`, 2)),
      await handle(usersTopic, users, left(`${owner}-next`, 1)),
    ];
    const one = await costOf(many(1), 'olga');
    const hundreds = await costOf(many(300, 1), 'omar');
    expect(hundreds).toEqual(one);
    expect(Math.max(...one)).toBeLessThanOrEqual(12);
    expect(await bench.database.query('SELECT count(*)::int AS n FROM task WHERE owner_id IS NULL AND status = \'open\'')).toEqual([{ n: 301 * 4 }]);
  }, 30_000);

  it('makes one state of many events of one account', async () => {
    const ids = Array.from({ length: 50 }, () => 'same');
    const events = ids.map((id, n) => received(riskChangesTopic, { type: 'perennial.risk.changed.v1', data: { ...riskChange('green', n % 2 ? 'green' : 'red'), accountId: id, version: n + 1 } }, id, n + 1));
    await handle(riskChangesTopic, new FollowRiskChangesHandler(bench.desks), events);
    const runs = await bench.workList.runs('same', { limit: 100, after: null });
    expect(runs.map((run) => run.state)).toEqual(Array(25).fill('exited'));
    expect(await bench.timers.nextDueAt()).toBeNull();
  });

  it('may end the running run and start the next', async () => {
    const risks = new FollowRiskChangesHandler(bench.desks);
    await handle(riskChangesTopic, risks, red(['a', 'b'], 1));
    const relapse = ['a', 'b'].flatMap((id) => [
      received(riskChangesTopic, { type: 'perennial.risk.changed.v1', data: { ...riskChange('red', 'green'), accountId: id, version: 2 } }, id, 2),
      received(riskChangesTopic, { type: 'perennial.risk.changed.v1', data: { ...riskChange('green', 'red'), accountId: id, version: 3 } }, id, 3, '2026-11-25T09:00:00.000Z'),
    ]);
    await handle(riskChangesTopic, risks, relapse);
    for (const id of ['a', 'b']) expect((await bench.workList.runs(id, { limit: 9, after: null })).map((run) => run.state)).toEqual(['running', 'exited']);
  });
});
