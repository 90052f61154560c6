import { setTimeout as sleep } from 'node:timers/promises';
import { NewestCopy } from './newest-copy.js';

describe('the newest copy', () => {
  it('stays when an earlier read ends after a later one', async () => {
    const answers: ((keys: string[]) => void)[] = [];
    const copy = new NewestCopy<string[]>([], () => new Promise((resolve) => answers.push(resolve)));
    const [first, second] = [copy.refresh(), copy.refresh()];
    answers[1]!(['old', 'new']);
    await second;
    answers[0]!(['old']);
    await first;
    expect(copy.value).toEqual(['old', 'new']);
  });

  it('stays when a read fails, and the next one replaces it', async () => {
    const reads = [() => Promise.resolve(1), () => Promise.reject(new Error('away')), () => Promise.resolve(2)];
    const copy = new NewestCopy(0, () => reads.shift()!());
    await copy.refresh();
    await expect(copy.refresh()).rejects.toThrow('away');
    expect(copy.value).toBe(1);
    await copy.refresh();
    expect(copy.value).toBe(2);
  });

  it('is read again and again, also after a read that failed, until it is stopped', async () => {
    let reads = 0;
    const copy = new NewestCopy(0, () => (++reads === 2 ? Promise.reject(new Error('away')) : Promise.resolve(reads)));
    await copy.keep(5);
    expect(copy.value).toBe(1);
    for (let i = 0; i < 100 && copy.value < 4; i++) await sleep(5);
    expect(copy.value).toBeGreaterThanOrEqual(4);
    copy.stop();
    const last = reads;
    await sleep(25);
    expect(reads).toBe(last);
    await expect(new NewestCopy(0, () => Promise.reject(new Error('away'))).keep(5)).rejects.toThrow('away');
  });
});
