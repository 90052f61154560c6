import { Transient } from '@perennial/messaging/errors';
import { byHalves } from './by-halves.js';

describe('accounts by halves', () => {
  const ids = Array.from({ length: 9 }, (_, n) => `a-${n}`);
  const attempt = async (broken: readonly string[], error: Error = new Error('odd')) => {
    const done: string[] = [];
    const left: string[] = [];
    const work = async (some: readonly string[]): Promise<number> => {
      if (some.some((id) => broken.includes(id))) throw error;
      done.push(...some);
      return some.length;
    };
    return { answer: await byHalves(ids, work, async (id) => void left.push(id)), done, left };
  };

  it.each([[[]], [['a-0']], [['a-8', 'a-3']], [ids]])('leaves %p, and works all others off once', async (broken) => {
    const { answer, done, left } = await attempt(broken);
    expect([answer, left.toSorted(), done.toSorted()]).toEqual([9, broken.toSorted(), ids.filter((id) => !broken.includes(id))]);
  });

  it('leaves nobody for what is only for now', () => expect(attempt(['a-4'], new Transient('away'))).rejects.toThrow('away'));
});
