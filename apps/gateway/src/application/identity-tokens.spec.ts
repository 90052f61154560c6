import { jest } from '@jest/globals';
import { IdentityTokenSigner, newIdentityKeys } from '@perennial/service-kit/identity-token';
import type { Principal } from '@perennial/service-kit/access';
import { IdentityTokens } from './identity-tokens.js';

const anna: Principal = { sub: 'anna', role: 'csm', scopes: ['accounts:read'] };

describe('identity tokens', () => {
  let tokens: IdentityTokens;
  beforeEach(async () => {
    tokens = new IdentityTokens(await IdentityTokenSigner.fromJwk((await newIdentityKeys()).privateJwk));
    jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  });
  afterEach(() => jest.useRealTimers());

  it('are used again for the same caller and service, for 30 s', async () => {
    const first = await tokens.of(anna, 'notifications');
    jest.advanceTimersByTime(29_000);
    expect(await tokens.of({ ...anna }, 'notifications')).toBe(first);
    jest.advanceTimersByTime(1_500);
    expect(await tokens.of(anna, 'notifications')).not.toBe(first);
  });

  it('are made anew for another service, role or scope', async () => {
    const made = await Promise.all([tokens.of(anna, 'notifications'), tokens.of(anna, 'health-scoring'), tokens.of({ ...anna, role: 'viewer' }, 'notifications'), tokens.of({ ...anna, scopes: [] }, 'notifications')]);
    expect(new Set(made).size).toBe(4);
  });
});
