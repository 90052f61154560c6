import type { RenewalsState } from '@perennial/contracts/renewal';
import { renewalsTopic, signalsTopic } from '@perennial/contracts/topics';
import type { TestService } from '@perennial/testing/service';
import { parseDay } from '../src/domain/time/day.js';
import { Desk, type SignalEvent } from './desk.js';
import { received, scoringBench } from './scoring-bench.js';

type Renewal = RenewalsState['renewals'][number];

describe('what backtests are held against', () => {
  let bench: Awaited<ReturnType<typeof scoringBench>>;
  let desk: Desk;
  beforeEach(async () => {
    bench = await scoringBench();
    desk = new Desk({ clock: bench.clock } as unknown as TestService);
  });
  afterEach(() => bench.dispose());

  const renewal = (id: string, fields: Partial<Renewal>): Renewal => ({
    id, accountId: 'acme', contractId: 'c', startsOn: '2025-04-01', renewalOn: '2026-03-31', noticeOn: '2026-01-31', decidedOn: null, arrMinor: 1, currency: 'USD', state: 'open', outcome: null, forecast: null, ...fields,
  });
  const tell = (...states: readonly Renewal[][]) => bench.handle(renewalsTopic, bench.renewals, states.map((renewals) => received(renewalsTopic, desk.renewals('acme', { renewals }))));
  const signals = (...events: SignalEvent[]) => bench.handle(signalsTopic, bench.signals, events.map((event) => received(signalsTopic, event)));
  const known = async () => (await bench.outcomes.known(bench.database, ['acme', 'nobody'])).get('acme') ?? null;

  it('keeps terms that were renewed or lost, as they were last told, and no others', async () => {
    const open = renewal('c~2027', { renewalOn: '2027-03-31', noticeOn: '2027-01-31', startsOn: '2026-04-01' });
    const lost = renewal('c~2026', { state: 'churned', outcome: 'churned', decidedOn: '2025-12-01' });
    await tell([lost, open]);
    expect(await known()).toMatchObject({ segment: null, outcomes: [{ startsOn: parseDay('2025-04-01'), noticeOn: parseDay('2026-01-31'), lost: true, decidedOn: parseDay('2025-12-01') }], days: [] });
    // Won back within grace, told together with a later word; then a term is gone.
    await tell([lost, open], [{ ...lost, state: 'renewed', outcome: 'flat', decidedOn: '2026-04-02' }, { ...open, state: 'churned', outcome: 'churned' }]);
    expect((await known())!.outcomes).toMatchObject([{ lost: false, decidedOn: parseDay('2026-04-02') }, { lost: true, decidedOn: null }]);
    expect(await bench.outcomes.accountsWithOutcomes(bench.database, null, 10)).toEqual(['acme']);
    expect(await bench.outcomes.countAccounts(bench.database)).toBe(1);
    await tell([open]);
    expect(await known()).toBeNull();
  });

  it('knows the term of an event that an earlier version published', async () => {
    const { startsOn: _startsOn, decidedOn: _decidedOn, ...old } = renewal('c~2026', { state: 'renewed', outcome: 'flat' });
    await tell([old]);
    expect((await known())!.outcomes).toEqual([{ startsOn: null, noticeOn: parseDay('2026-01-31'), lost: false, decidedOn: null }]);
  });

  it('keeps the days on which the customer was spoken to or answered, once, and anew where the account is restated', async () => {
    await tell([renewal('c~2026', { state: 'renewed', outcome: 'flat' })]);
    const call = desk.signal('acme', 'engagement', { type: 'call' }, { personId: 'sam', at: '2026-02-01T10:00:00Z' });
    const angry = desk.signal('acme', 'survey', { type: 'nps', score: 3 }, { personId: 'sam', at: '2026-02-01T09:00:00Z' });
    const glad = desk.signal('acme', 'survey', { type: 'nps', score: 9 }, { personId: 'cleo', at: '2026-02-01T12:00:00Z' });
    await signals(glad, call);
    await signals(angry, desk.signal('acme', 'usage', { event: 'used' }));
    const day = { accountId: 'acme', day: parseDay('2026-02-01'), hasOutreach: true, nps: { score: 9 } };
    expect((await known())!.days).toMatchObject([day]);
    const [again] = desk.again([angry]);
    const late = desk.signal('acme', 'engagement', { type: 'mail', direction: 'outbound' }, { personId: 'sam', at: '2026-02-03T10:00:00Z' });
    await signals(call, desk.mark('acme', 'reset'), again!, late, desk.mark('acme', 'restated'));
    expect((await known())!.days).toMatchObject([{ ...day, hasOutreach: false, nps: { score: 3 } }, { day: parseDay('2026-02-03'), hasOutreach: true, nps: null }]);
  });
});
