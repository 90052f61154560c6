import { startTestService } from '@perennial/testing/service';
import { renewalForecasting } from '../src/service.js';
import type { Rows } from './answers.js';
import { Feed } from './feed.js';

const scopes = ['renewals:read'] as const;
const pendingStates = ['open', 'agreed', 'churn_notified'];

describe('R2: exactly one pending renewal per contract with an end date', () => {
  it('holds for shuffled, repeated signals and after a rebuild', async () => {
    const service = await startTestService(renewalForecasting);
    try {
      const feed = new Feed(service);
      const accounts = Array.from({ length: 12 }, (_, n) => `r2-${n}`);
      const of = (accountId: string, n: number) => [
        feed.contract(accountId, { autoRenew: n % 2 === 0 }, '2026-01-01T00:00:00Z'),
        feed.contract(accountId, { contractId: `M-${accountId}`, startsOn: '2025-06-30', endsOn: '2025-07-29', noticeDays: 0, autoRenew: true }, '2025-06-30T00:00:00Z'),
        feed.contract(accountId, { contractId: `O-${accountId}`, endsOn: null }, '2026-01-01T00:00:00Z'),
        ...(n % 3 === 0 ? [feed.contract(accountId, { status: 'renewed', startsOn: '2027-01-01', endsOn: '2027-12-31' }, '2026-02-01T00:00:00Z')] : []),
        ...(n % 4 === 1 ? [feed.contract(accountId, { status: 'lost' }, '2026-02-02T00:00:00Z')] : []),
        ...(n % 4 === 2 ? [feed.contract(accountId, { status: 'extended', endsOn: '2027-02-28' }, '2026-02-03T00:00:00Z')] : []),
      ];
      const events = accounts.flatMap(of);
      // the same signals in another order under new versions, and the same records again
      const reversed = events.map((event, at) => ({ ...event, data: { ...event.data, version: 1000 - at } }) as typeof event).reverse();
      await feed.tell(...events, ...events, ...reversed, ...events);

      const check = async () => {
        const { body } = await service.request<Rows>('GET', '/api/v1/renewals?limit=100&renewalFrom=2026-01-01', { scopes });
        expect(body.hasMore).toBe(false);
        const rows = body.data;
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        for (const [n, accountId] of accounts.entries()) {
          const pending = (contractId: string) => rows.filter((row) => row.contractId === contractId && pendingStates.includes(row.state)).map(({ id }) => id);
          const isRenewed = n % 3 === 0;
          const isLost = n % 4 === 1 && !isRenewed;
          const expected = isRenewed ? [`C-${accountId}~2027-12-31`] : isLost ? [] : [`C-${accountId}~${n % 4 === 2 ? '2027-02-28' : '2026-12-31'}`];
          expect([accountId, pending(`C-${accountId}`)]).toEqual([accountId, expected]);
          expect(pending(`M-${accountId}`)).toEqual([`M-${accountId}~2026-03-29`]);
          expect(pending(`O-${accountId}`)).toEqual([]);
        }
        return rows.map(({ id, state }) => ({ id, state }));
      };
      const before = await check();
      expect((await service.request('POST', '/internal/rebuild', { scopes: ['operate'] })).status).toBe(202);
      for (let running = true; running; ) running = (await service.request<{ running: boolean }>('GET', '/internal/rebuild', { scopes: ['operate'] })).body.running;
      await service.settle();
      expect(await check()).toEqual(before);
    } finally {
      await service.stop();
    }
  });
});
