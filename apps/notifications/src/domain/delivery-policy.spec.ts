import fc from 'fast-check';
import { afterAttempt, disableReason, healthyEndpoint, nextAttemptAt, retryDelaysSeconds } from './delivery-policy.js';

const at = Date.UTC(2026, 0, 5);
const day = 86_400_000;
const failed = (times: number, health = healthyEndpoint) => Array.from({ length: times }).reduce<typeof health>((state, _, i) => afterAttempt(state, at + i, false), health);

describe('retry schedule', () => {
  it('waits 5 s after the first failure and ends after the last delay', () => {
    expect(nextAttemptAt(at, 1, 0, null)).toBe(at + 5_000);
    expect(nextAttemptAt(at, 2, 0, null)).toBe(at + 300_000);
    expect(nextAttemptAt(at, retryDelaysSeconds.length + 1, 0, null)).toBeNull();
  });

  it('is delayed, never hastened, by Retry-After', () => {
    expect(nextAttemptAt(at, 1, 0, 120)).toBe(at + 120_000);
    expect(nextAttemptAt(at, 2, 0, 1)).toBe(at + 300_000);
    expect(nextAttemptAt(at, 1, 0, 1e9)).toBe(at + day);
  });

  it('spreads by at most a tenth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: retryDelaysSeconds.length }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, chance) => {
        const delay = nextAttemptAt(at, attempts, chance, null)! - at;
        const base = retryDelaysSeconds[attempts - 1]! * 1000;
        expect(delay).toBeGreaterThanOrEqual(base);
        expect(delay).toBeLessThanOrEqual(base * 1.1);
      }),
    );
  });
});

describe('circuit of an endpoint', () => {
  it('opens at the fifth failure running, doubles, and is bounded', () => {
    expect(failed(4).heldUntil).toBeNull();
    expect(failed(5).heldUntil).toBe(at + 4 + 30_000);
    expect(failed(6).heldUntil).toBe(at + 5 + 60_000);
    expect(failed(40).heldUntil).toBe(at + 39 + 600_000);
  });

  it('closes on success', () => {
    expect(afterAttempt(failed(9), at, true)).toEqual(healthyEndpoint);
  });
});

describe('disabling', () => {
  it('follows 410 at once and five days of failure', () => {
    expect(disableReason(failed(1), at, 410)).toContain('410');
    expect(disableReason(failed(3), at + 5 * day - 1, 500)).toBeNull();
    expect(disableReason(failed(3), at + 5 * day, 500)).toContain('five days');
    expect(disableReason(healthyEndpoint, at, 200)).toBeNull();
  });
});
