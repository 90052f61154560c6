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
});
