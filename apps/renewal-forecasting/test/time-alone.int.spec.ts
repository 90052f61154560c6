import { renewalsTopic } from '@perennial/contracts/topics';
import { startTestService, type TestService } from '@perennial/testing/service';
import { renewalForecasting } from '../src/service.js';
import type { Rows } from './answers.js';
import { Feed } from './feed.js';

const scopes = ['renewals:read'] as const;

describe('time alone', () => {
  let service: TestService;
  let feed: Feed;

  beforeAll(async () => {
    service = await startTestService(renewalForecasting);
    feed = new Feed(service);
  });
  afterAll(() => service.stop());

  it('moves renewals through notice date, term end and grace', async () => {
    await feed.tell(feed.contract('lapse'), feed.contract('auto', { autoRenew: true }), feed.contract('leave', { autoRenew: true }), feed.contract('leave', { autoRenew: true, status: 'cancel_scheduled' }));
    const states = async () =>
      Object.fromEntries(
        await Promise.all(
          ['lapse', 'auto', 'leave'].map(async (accountId) => {
            const { body } = await service.request<Rows>('GET', `/api/v1/renewals?accountId=${accountId}`, { scopes });
            return [accountId, body.data.map(({ renewalOn, state, forecast }) => [renewalOn, state, forecast?.method].filter(Boolean).join(' '))] as const;
          }),
        ),
      );
    const running = async () => (await service.published(renewalsTopic)).findLast(({ key }) => key === 'lapse')!.data.arrMinor;

    await service.advance('2026-11-01T23:59:59Z');
    expect(await states()).toEqual({ lapse: ['2026-12-31 open scorecard'], auto: ['2026-12-31 open scorecard'], leave: ['2026-12-31 churn_notified state'] });
    await service.advance('2026-11-02T00:00:00Z');
    expect(await states()).toEqual({ lapse: ['2026-12-31 open scorecard'], auto: ['2026-12-31 open state'], leave: ['2026-12-31 churn_notified state'] });
    await service.advance('2027-01-01T00:00:00Z');
    expect(await states()).toEqual({ lapse: ['2026-12-31 open scorecard'], auto: ['2026-12-31 renewed', '2027-12-31 open scorecard'], leave: ['2026-12-31 churned'] });
    expect(await running()).toBe(0);
    await service.advance('2027-01-31T00:00:00Z');
    expect(await states()).toEqual({ lapse: ['2026-12-31 churned'], auto: ['2026-12-31 renewed', '2027-12-31 open scorecard'], leave: ['2026-12-31 churned'] });
  });

  it('lets what goals said fade, telling each move by 0.001 and no smaller one', async () => {
    await feed.tell(feed.contract('fade', { startsOn: '2027-01-01', endsOn: '2027-12-31' }), feed.signal('fade', 'goal', { goalId: 'g', name: 'g', metric: 'm', baseline: 0, target: 1, dueOn: '2027-01-15', status: 'confirmed', actual: 0.5 }, '2027-01-15T00:00:00Z'));
    await service.advance('2027-03-31T00:00:00Z');
    const probabilities = (await service.published(renewalsTopic)).filter(({ key }) => key === 'fade').map(({ data }) => data.renewals[0]!.forecast!.probability);
    expect(probabilities.length).toBeGreaterThan(10);
    probabilities.slice(1).forEach((probability, at) => expect(probability - probabilities[at]!).toBeGreaterThanOrEqual(0.001));
  });
});
