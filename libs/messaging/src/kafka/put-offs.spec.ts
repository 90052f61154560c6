import { jest } from '@jest/globals';
import { PutOffs } from './put-offs.js';

const never = new AbortController().signal;

describe('partitions that are put off', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Puts the partitions off again and again for a minute, as an outage does; says which of them wait no more. */
  const putOff = async (putOffs: PutOffs, partitions: readonly number[], others: (afterMs: number) => void = () => undefined) => {
    const tried = new Set<number>();
    const endsAt = performance.now() + 58_000;
    for (const partition of partitions) {
      void (async () => {
        while (performance.now() < endsAt) await putOffs.pause(partition, never);
        tried.add(partition);
      })();
    }
    for (let ms = 0; ms < 58_500; ms += 500) {
      await jest.advanceTimersByTimeAsync(500);
      others(ms);
    }
    return tried;
  };

  it('are tried at once when what all of them missed is there again', async () => {
    const putOffs = new PutOffs();
    const tried = await putOff(putOffs, [1, 2, 3, 4, 5, 6]);
    const before = tried.size;
    expect(before).toBeLessThan(6);
    putOffs.succeeded(0);
    await jest.advanceTimersByTimeAsync(0);
    expect(tried.size).toBe(6);
  });

  it('wait on where only they fail', async () => {
    const putOffs = new PutOffs();
    const tried = await putOff(putOffs, [1, 2, 3, 4, 5, 6], () => putOffs.succeeded(0));
    const before = tried.size;
    expect(before).toBeLessThan(6);
    putOffs.succeeded(0);
    await jest.advanceTimersByTimeAsync(0);
    expect(tried.size).toBe(before);
  });
});
