import { assert, property, uint8Array } from 'fast-check';
import { formatApiKey, lookupOf } from './api-key.js';

describe('API keys', () => {
  it('have a lookup part and nothing else is one', () => {
    const key = formatApiKey(new Uint8Array(64).map((_, i) => i * 3));
    expect(key).toMatch(/^pk_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}$/);
    expect(lookupOf(key)).toBe(key.slice(3, 11));
    for (const other of ['', 'pk_', key.slice(1), `${key}x`, key.replace('pk_', 'wk_'), `${key}\n`]) expect(lookupOf(other)).toBeNull();
  });

  it('are made of any random bytes, or not at all', () => {
    assert(
      property(uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        if (bytes.filter((byte) => byte < 248).length >= 40) expect(lookupOf(formatApiKey(bytes))).toHaveLength(8);
        else expect(() => formatApiKey(bytes)).toThrow(RangeError);
      }),
    );
  });
});
