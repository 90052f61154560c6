import { jest } from '@jest/globals';
import { healthTopic, signalsTopic } from '@perennial/contracts/topics';
import { Database } from '@perennial/persistence/transaction';
import { startTestService, type TestService } from '@perennial/testing/service';
import { healthScoring } from '../src/service.js';
import { Desk, type SignalEvent } from './desk.js';

jest.setTimeout(60_000);

const hundredths = (value: number | null): number => Math.round((value ?? 0) * 100);

describe('signals become verdicts', () => {
  let service: TestService;
  let desk: Desk;

  beforeAll(async () => {
    service = await startTestService(healthScoring);
    desk = new Desk(service);
  });
  afterAll(() => service.stop());

  it('answers a health whose parts add up exactly, each with its evidence', async () => {
    await desk.tellAccounts(desk.account('sums'));
    await desk.tell(...desk.well('sums'), desk.signal('sums', 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-06-01', endsOn: '2026-05-31', arrMinor: 1, currency: 'USD' }));
    const health = await desk.health('sums');
    const contributions = health.measures.reduce((sum, { contribution }) => sum + hundredths(contribution), 0);
    expect(5_000 + contributions).toBe(hundredths(health.rawScore));
    expect(hundredths(health.rawScore) + health.adjustments.reduce((sum, { points }) => sum + hundredths(points), 0)).toBe(hundredths(health.healthScore));
    expect(health).toMatchObject({ healthScore: 20, band: 'red', riskLevel: 'red', strikes: { count: 1, groups: ['commercial'] }, indicators: [{ kind: 'cancel_scheduled', evidence: [expect.stringMatching(/^contract-/)] }] });
    expect(health.rawScore).toBeGreaterThan(70);
    for (const measure of health.measures.filter(({ state }) => state === 'ok')) {
      expect([measure.id, 'query' in measure.evidence || measure.evidence.signalIds.length > 0]).toEqual([measure.id, true]);
    }
    const told = await desk.published('sums');
    expect(told.at(-1)).toEqual(health);
  });

  it('tells a change of risk once, with reasons and cause', async () => {
    await desk.tellAccounts(desk.account('risk'));
    await desk.tell(...desk.well('risk'));
    await desk.tellRenewals(desk.renewals('risk', { arrMinor: 5_000_00 }));
    const before = await desk.risks('risk');
    const ticket = desk.signal('risk', 'ticket', { ticketId: 'u', status: 'opened', priority: 'urgent' });
    const survey = desk.signal('risk', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'sam' });
    await desk.tell(ticket);
    await desk.tell(survey);
    await desk.tell(desk.signal('risk', 'usage', { event: 'used' }), desk.signal('risk', 'pulse', { pulse: 2, reason: 'worried' }));
    const [change, ...more] = (await desk.risks('risk')).slice(before.length);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ from: 'green', to: 'red', cause: 'signal', arrMinor: 5_000_00, currency: 'USD', strikes: { count: 2, groups: ['support', 'voice'] }, scorecardRevision: { id: 'csm-led', revision: 1 } });
    const reasons = new Map(change!.reasons.map((reason) => [reason.indicator ?? reason.measure, reason.evidence]));
    expect(reasons.get('no_renewal_intent')).toEqual([(survey.data as { id: string }).id]);
    expect(reasons.get('urgent_ticket_open')).toEqual([(ticket.data as { id: string }).id]);
    const [event] = (await service.published(healthTopic)).filter(({ key, data }) => key === 'risk' && data.riskLevel === 'red');
    expect(event!.envelope.causationDepth).toBe(1);
  });

  it('gives the same for the same events in any order and any number', async () => {
    const one = [...desk.well('order-1'), desk.signal('order-1', 'ticket', { ticketId: 'x', status: 'opened', priority: 'high', complaint: true }, { at: desk.days(-2) }), desk.signal('order-1', 'pulse', { pulse: 2, reason: 'hm' }, { at: desk.days(-3) })];
    const shuffled = one.map((event, i) => ({ event, place: (i * 7) % one.length })).sort((a, b) => a.place - b.place);
    const other = shuffled.map(({ event }, i) => ({ ...event, key: 'order-2', data: { ...event.data, accountId: 'order-2', version: i + 1 } }) as SignalEvent);
    // Kafka may deliver again whatever was delivered: versions tell.
    await desk.tell(...one, ...one.slice(3), ...one);
    for (const event of other) await service.publish(signalsTopic, [event, event, event]);
    await desk.tell(...other);
    const [first, second] = [await desk.health('order-1'), await desk.health('order-2')];
    // What time a look was given at is remembered (bands, dates of indicators); facts, measures and raw score do not know it.
    expect(second.measures).toEqual(first.measures);
    expect([second.rawScore, second.healthScore, second.indicators.map(({ kind, evidence }) => [kind, evidence])]).toEqual([first.rawScore, first.healthScore, first.indicators.map(({ kind, evidence }) => [kind, evidence])]);
    expect(first.rawScore).not.toBeNull();
  });

  it('takes the newest of many versions of one account, and roles with it', async () => {
    const roles = (personId: string) => ({ stakeholders: [{ personId, name: null, title: null, roles: ['executive_sponsor' as const] }] });
    await desk.tell(desk.signal('versions', 'survey', { type: 'renewal_intent', score: 2 }, { personId: 'ben' }));
    await desk.tellAccounts(
      ...Array.from({ length: 20 }, (_, n) => desk.account('versions', { name: `Name ${n}`, tier: n % 2 ? 'high' : 'digital', ...roles(`person-${n}`) })),
      desk.account('versions', { name: 'The last', ownerId: 'olga', ...roles('ben') }),
    );
    const { body } = await desk.get<{ data: { id: string; name: string; ownerId: string; riskLevel: string }[] }>('?q=the%20LAST');
    expect(body.data).toMatchObject([{ id: 'versions', name: 'The last', ownerId: 'olga', riskLevel: 'red' }]);
    expect(await desk.kinds('versions')).toContain('no_renewal_intent');
  });

  it('writes nothing and looks at nothing where only the forecast moved', async () => {
    await desk.tell(desk.signal('loop', 'pulse', { pulse: 4, reason: 'ok' }));
    const renewal = (probability: number) => ({ id: 'c~2026-12-31', accountId: 'loop', contractId: 'c', renewalOn: '2026-12-31', noticeOn: '2026-10-31', arrMinor: 7, currency: 'USD', state: 'open' as const, outcome: null,
      forecast: { probability, method: 'scorecard' as const, outcomes: 0, seedPrior: null, baseLogOdds: 1, drivers: [], text: '', asOf: desk.days(0), model: 'm' } });
    await desk.tellRenewals(desk.renewals('loop', { renewals: [renewal(0.9)] }));
    const rowOf = async () => (await service.running.get(Database).query('SELECT p.xmin::text AS portfolio, a.xmin::text AS state, a.revision FROM portfolio p JOIN account_health a USING (account_id) WHERE account_id = \'loop\''))[0];
    const before = await rowOf();
    await desk.tellRenewals(desk.renewals('loop', { renewals: [renewal(0.8)] }), desk.renewals('loop', { renewals: [renewal(0.7)] }));
    expect(await rowOf()).toEqual(before);
    await desk.tellRenewals(desk.renewals('loop', { renewals: [{ ...renewal(0.7), noticeOn: '2026-11-30' }], arrMinor: 9 }));
    const { body } = await desk.get<{ data: object[] }>('?q=loop');
    expect(body.data).toMatchObject([{ id: 'loop', arrMinor: 9, renewalOn: '2026-12-31', noticeOn: '2026-11-30' }]);
  });
});
