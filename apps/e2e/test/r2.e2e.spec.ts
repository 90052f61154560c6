import { describeOnBothLogs } from './both-logs.js';
import { dayAfter, System } from './system.js';

interface Renewal {
  id: string;
  contractId: string;
  renewalOn: string;
  state: string;
}

await describeOnBothLogs('R2: exactly one renewal a contract', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const accountId = 'r2-co';
  let system: System;
  const running = async () =>
    (await system.list<Renewal>(`/api/v1/renewals?accountId=${accountId}&limit=100`)).filter((renewal) => ['open', 'agreed', 'churn_notified'].includes(renewal.state)).map((renewal) => `${renewal.id} ${renewal.state}`).sort();
  const contract = (id: string, contractId: string, status: string, more: object = {}) => ({
    id, kind: 'contract', accountId, data: { contractId, status, startsOn: '2025-09-01', endsOn: '2026-08-31', arrMinor: 1_000_000, currency: 'USD', noticeDays: 30, ...more },
  });
  const expected = ['c-cancelled~2026-08-31 churn_notified', 'c-plain~2026-08-31 open', 'c-renewed~2027-08-31 open', 'c-signed~2026-08-31 agreed'];

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  it('has one for every contract with an end, none for open-ended and lost ones', async () => {
    await system.signals([
      contract('1', 'c-plain', 'created'),
      contract('2', 'c-renewed', 'created'),
      contract('3', 'c-renewed', 'renewed', { startsOn: '2026-09-01', endsOn: '2027-08-31', arrMinor: 1_200_000 }),
      contract('4', 'c-signed', 'created'),
      contract('5', 'c-signed', 'agreed'),
      contract('6', 'c-cancelled', 'created'),
      contract('7', 'c-cancelled', 'cancel_scheduled'),
      contract('8', 'c-lost', 'created', { endsOn: dayAfter(start, -30) }),
      contract('9', 'c-lost', 'lost', { endsOn: dayAfter(start, -30) }),
      contract('10', 'c-open', 'created', { endsOn: null }),
    ]);
    await system.settle();
    expect(await running()).toEqual(expected);
  }, 30_000);

  it('neither misses nor doubles one when everything comes again', async () => {
    await system.signals([contract('1', 'c-plain', 'created'), contract('3', 'c-renewed', 'renewed', { startsOn: '2026-09-01', endsOn: '2027-08-31', arrMinor: 1_200_000 }), contract('5', 'c-signed', 'agreed')]);
    await system.settle();
    expect(await running()).toEqual(expected);
  }, 30_000);

  it('is the same after a rebuild from the log', async () => {
    await system.perennial('rebuild', 'renewal-forecasting');
    await system.settle();
    expect(await running()).toEqual(expected);
  }, 60_000);
});
