import type { RenewalsDraft } from '../domain/published-renewals.js';
import { publicationOf } from './publication.js';

const draft = (probability: number, fields: Partial<RenewalsDraft> = {}, asOf = '2026-03-01T00:00:00.000Z'): RenewalsDraft => ({
  accountId: 'a', arrMinor: 100, currency: 'USD', ...fields,
  renewals: [{
    id: 'c~2026-12-31', accountId: 'a', contractId: 'c', renewalOn: '2026-12-31', noticeOn: '2026-12-31', arrMinor: 100, currency: 'USD', state: 'open', outcome: null,
    forecast: { probability, method: 'scorecard', outcomes: 0, seedPrior: 0.9, baseLogOdds: 2.2, drivers: [], text: 'goals not recorded', asOf, model: 'm' },
  }],
});

describe('what is published', () => {
  const first = publicationOf(draft(0.5004), null)!;

  it('is nothing where there is nothing to tell', () => {
    expect(publicationOf({ accountId: 'a', arrMinor: 0, currency: null, renewals: [] }, null)).toBeNull();
    expect(publicationOf({ accountId: 'a', arrMinor: 0, currency: null, renewals: [] }, first.published)).not.toBeNull();
    expect(publicationOf(draft(0.5004, {}, '2026-03-02T00:00:00.000Z'), first.published)).toBeNull();
  });

  it('counts moves of a probability from what was last published, wherever a rounding lies', () => {
    expect(publicationOf(draft(0.5006), first.published)).toBeNull();
    expect(publicationOf(draft(0.5013), first.published)).toBeNull();
    expect(publicationOf(draft(0.5015), first.published)).not.toBeNull();
    expect(publicationOf(draft(0.4993), first.published)).not.toBeNull();
  });

  it('is any other change, with the probability of that moment to count from', () => {
    const second = publicationOf(draft(0.5009, { arrMinor: 101 }), first.published)!;
    expect(second.published.probabilities).toEqual({ 'c~2026-12-31': 0.5009 });
    expect(publicationOf(draft(0.5012, { arrMinor: 101 }), second.published)).toBeNull();
    expect(second.fingerprint).not.toBe(first.fingerprint);
  });
});
