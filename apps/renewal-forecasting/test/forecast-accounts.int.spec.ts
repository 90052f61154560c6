import type { Signal } from '@perennial/contracts/signal';
import type { AnyTopic } from '@perennial/contracts/topic';
import { signalsTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { Outbox, type EventDraft } from '@perennial/messaging/outbox';
import type { Statement, Transaction } from '@perennial/persistence/transaction';
import { TestClock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { testPostgres, type TestDatabase } from '@perennial/testing/postgres';
import { ForecastAccounts, type AccountChange } from '../src/application/forecast-accounts.js';
import { ForecastingPolicy } from '../src/application/forecasting-policy.js';
import { LookAtDueAccounts } from '../src/application/look-at-due-accounts.js';
import { withEntry, withHealth } from '../src/domain/account-state.js';
import { ApplySignalsHandler } from '../src/messaging/apply-signals.handler.js';
import { CreateRenewalTables1700000000001 } from '../src/persistence/migrations/create-renewal-tables.js';
import { PostgresAccountForecastStore } from '../src/persistence/postgres-account-forecast-store.js';
import { entry } from './ledger-builder.js';

const config = { reportingCurrency: 'USD', ownRates: { shortTerm: null, longTerm: null } };

/** Keeps what was published, every draft under a new version. */
class KeepingOutbox extends Outbox {
  readonly drafts: EventDraft<AnyTopic>[] = [];

  publish<T extends AnyTopic>(_tx: Transaction, _topic: T, drafts: readonly EventDraft<T>[]): Promise<number[]> {
    return Promise.resolve(drafts.map((draft) => this.drafts.push(draft as unknown as EventDraft<AnyTopic>)));
  }
}

class NoNudge extends DueWorkNudge {
  nudge(): void {}
}

describe('forecasting accounts on Postgres', () => {
  let postgres: TestDatabase;
  let outbox: KeepingOutbox;
  let store: PostgresAccountForecastStore;
  let accounts: ForecastAccounts;
  let caughtUp = true;
  const progress = Object.assign(Object.create(ConsumerProgress.prototype) as ConsumerProgress, {
    partitionCount: () => 1,
    assigned: () => [0],
    caughtUp: () => Promise.resolve(caughtUp),
  });

  beforeEach(async () => {
    postgres = await (await testPostgres()).database({ migrations: [CreateRenewalTables1700000000001] });
    outbox = new KeepingOutbox();
    store = new PostgresAccountForecastStore(postgres.database, progress);
    accounts = new ForecastAccounts(store, new ForecastingPolicy(config), outbox, new NoNudge());
    caughtUp = true;
  });
  afterEach(() => postgres.dispose());

  const run = (changes: AccountChange[], now: string, count?: (statement: Statement) => void) =>
    postgres.database.transaction((tx) => {
      const counting: Transaction = {
        afterCommit: (effect) => tx.afterCommit(effect),
        query: (statement) => {
          count?.(statement as Statement);
          return tx.query(statement);
        },
      };
      return accounts.forecast(counting, changes, () => new Date(now));
    });
  const contracts = (from: number, to: number, contractId = 'c1'): AccountChange[] =>
    Array.from({ length: to - from }, (_, n) => ({ accountId: `a${from + n}`, apply: (state) => withEntry(state, entry({ status: 'created', contractId })) }));
  const states = () => outbox.drafts.map(({ key, data }) => [key, (data as { renewals: { state: string }[] }).renewals.map(({ state }) => state)]);

  it('takes the same number of statements for one account and for five hundred', async () => {
    const statements = async (changes: AccountChange[]) => {
      const names: (string | undefined)[] = [];
      await run(changes, '2026-03-01T00:00:00Z', ({ name }) => names.push(name));
      return names;
    };
    const one = await statements(contracts(0, 1));
    expect(await statements(contracts(1, 501))).toEqual(one);
    expect(one.length).toBeLessThanOrEqual(7);
    const known = await statements(contracts(0, 500, 'c2'));
    expect(known).toEqual(['lock-account-forecasts', 'load-contract-entries', 'add-contract-entries', 'save-account-forecasts', 'save-renewals']);
  });

  it('loses no change of two writers of one account', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        run(['b', 'a', 'c'].map((accountId) => ({ accountId, apply: (state) => (n % 2 === 0 ? withEntry(state, entry({ status: 'created', contractId: `c${n}` })) : withHealth(state, { indicators: [], pulse: (n % 5) + 1 })) })), '2026-03-01T00:00:00Z'),
      ),
    );
    const [row] = await postgres.database.query<{ entries: string; renewals: string }>("SELECT (SELECT count(*) FROM contract_entry WHERE account_id = 'b') AS entries, (SELECT count(*) FROM renewal WHERE account_id = 'b') AS renewals");
    expect(row).toEqual({ entries: '10', renewals: '10' });
    const last = outbox.drafts.findLast(({ key }) => key === 'b')!.data as { renewals: { forecast: { drivers: { id: string }[] } }[] };
    expect(last.renewals).toHaveLength(10);
  });

  it('looks by time only where no signal waits', async () => {
    await run(contracts(0, 1), '2026-03-01T00:00:00Z');
    const looks = new LookAtDueAccounts(postgres.database, store, accounts, progress);
    const later = new Date('2027-02-15T00:00:00Z');
    expect(await looks.nextDueAt()).toEqual(new Date('2027-01-01T00:00:00Z'));
    caughtUp = false;
    await looks.runDue(later);
    expect(states()).toEqual([['a0', ['open']]]);
    caughtUp = true;
    await looks.runDue(later);
    expect(states()).toEqual([['a0', ['open']], ['a0', ['churned']]]);
    expect(await looks.nextDueAt()).toBeNull();
  });

  it('judges a lagging partition as of its last signal, so that no renewal unread is taken for lost', async () => {
    const handler = new ApplySignalsHandler(accounts, new TestClock(new Date('2027-03-01T00:00:00Z')), config);
    const event = (status: 'created' | 'renewed', year: number, receivedAt: string) => {
      const data = { contractId: 'c', status, startsOn: `${year}-01-01`, endsOn: `${year}-12-31`, arrMinor: 100, currency: 'USD' };
      const signal: Signal = { id: status, kind: 'contract', accountId: 'a', personId: null, occurredAt: receivedAt, receivedAt, sourceId: 's', product: null, clamped: false, data, version: year };
      return { type: 'perennial.signal.contract.v1', data: signal, key: 'a', version: year, partition: 0, offset: 0n, receivedAt: new Date() } as unknown as ReceivedEvent<typeof signalsTopic>;
    };
    const batch = (events: ReceivedEvent<typeof signalsTopic>[], last: boolean) => ({ topic: signalsTopic, partition: 0, events, memory: { keep: <V>(_: symbol, make: () => V) => make() }, caughtUp: last, rebuilding: false });
    await postgres.database.transaction((tx) => handler.handle(batch([event('created', 2026, '2026-01-01T00:00:00.000Z')], false), tx));
    await postgres.database.transaction((tx) => handler.handle(batch([event('renewed', 2027, '2026-12-01T00:00:00.000Z')], true), tx));
    expect(states()).toEqual([['a', ['open']], ['a', ['renewed', 'open']]]);
  });
});
