import fc from 'fast-check';
import { newVersions, versionsPerEpoch, type PublishedContent } from './published-versions.js';

describe('newVersions', () => {
  it('counts on per key, also within one call', () => {
    const published = new Map([['a', { version: 7, fingerprint: null }]]);
    const { versions, newest } = newVersions(true, 0, [{ key: 'a' }, { key: 'b' }, { key: 'a' }], published);
    expect(versions).toEqual([8, 1, 9]);
    expect(newest.get('a')).toEqual({ version: 9, fingerprint: null });
  });

  it('takes no version for content equal to the last, in the table or in the same call', () => {
    const published = new Map([['a', { version: 7, fingerprint: 'x' }]]);
    const drafts = ['x', 'y', 'y', 'x'].map((fingerprint) => ({ key: 'a', fingerprint }));
    expect(newVersions(true, 0, drafts, published).versions).toEqual([null, 8, null, 9]);
  });

  it('begins above everything of earlier epochs, and publishes equal content of an earlier epoch again', () => {
    const published = new Map([['a', { version: 7, fingerprint: 'x' }]]);
    const { versions } = newVersions(true, 2, [{ key: 'a', fingerprint: 'x' }, { key: 'a', fingerprint: 'x' }], published);
    expect(versions).toEqual([2 * versionsPerEpoch + 1, null]);
  });

  it('gives topics without versions 0', () => {
    expect(newVersions(false, 3, [{ key: 'a' }], new Map()).versions).toEqual([0]);
  });

  it('rises strictly per key whatever the drafts and epochs', () => {
    const draft = fc.record({ key: fc.constantFrom('a', 'b', 'c'), fingerprint: fc.constantFrom('x', 'y', 'z') });
    fc.assert(
      fc.property(fc.array(fc.record({ raise: fc.boolean(), drafts: fc.array(draft, { maxLength: 8 }) }), { maxLength: 20 }), (calls) => {
        const published = new Map<string, PublishedContent>();
        const last = new Map<string, number>();
        let epoch = 0;
        for (const { raise, drafts } of calls) {
          if (raise) epoch++;
          const { versions, newest } = newVersions(true, epoch, drafts, published);
          versions.forEach((version, at) => {
            if (version === null) return;
            const { key } = drafts[at]!;
            expect(version).toBeGreaterThan(last.get(key) ?? 0);
            expect(Number.isSafeInteger(version)).toBe(true);
            last.set(key, version);
          });
          for (const [key, content] of newest) published.set(key, content);
        }
      }),
    );
  });
});
