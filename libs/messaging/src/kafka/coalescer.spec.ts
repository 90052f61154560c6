import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { OutgoingRecord } from '../event-log.js';
import { Coalescer, defaultLimits, sizeOf, type CoalescerLimits } from './coalescer.js';

const record = (text: string): OutgoingRecord => ({ key: 'k', value: Buffer.from(text), headers: {} });
const text = (records: readonly OutgoingRecord[]): string[] => records.map((one) => String(one.value));

/** A coalescer whose sends stay in flight until they are released. */
function held(limits: Partial<CoalescerLimits> = {}) {
  const sends: { records: string[]; finish: (error?: Error) => void }[] = [];
  const coalescer = new Coalescer(
    (records) => new Promise((resolve, reject) => sends.push({ records: text(records), finish: (error) => (error ? reject(error) : resolve()) })),
    { ...defaultLimits, ...limits },
  );
  const add = (...texts: string[]) => {
    const records = texts.map(record);
    return coalescer.add(records, records.reduce((sum, one) => sum + sizeOf(one), 0));
  };
  return { sends, add };
}

describe('Coalescer', () => {
  it('sends at once when nothing is in flight', () => {
    const { sends, add } = held();
    void add('a');
    expect(sends.map(({ records }) => records)).toEqual([['a']]);
  });

  it('makes one send of what comes while another is in flight', async () => {
    const { sends, add } = held({ lingerMs: 60_000 });
    const all = [add('a'), add('b'), add('c', 'd')];
    sends[0]!.finish();
    await sleep(1);
    expect(sends.map(({ records }) => records)).toEqual([['a'], ['b', 'c', 'd']]);
    sends[1]!.finish();
    await Promise.all(all);
  });

  it('waits at most lingerMs for a send in flight', async () => {
    const { sends, add } = held({ lingerMs: 5 });
    void add('a');
    void add('b');
    expect(sends).toHaveLength(1);
    await sleep(40);
    expect(sends.map(({ records }) => records)).toEqual([['a'], ['b']]);
  });

  it('does not wait once a send is full, but keeps to maxInFlight', async () => {
    const { sends, add } = held({ maxRecords: 2, maxInFlight: 2, lingerMs: 1 });
    void add('a');
    void add('b');
    void add('c');
    expect(sends.map(({ records }) => records)).toEqual([['a'], ['b', 'c']]);
    void add('d');
    void add('e');
    await sleep(30);
    expect(sends).toHaveLength(2);
    sends[1]!.finish();
    await sleep(10);
    expect(sends[2]!.records).toEqual(['d', 'e']);
  });

  it('sends a call above the bounds alone, in pieces, one after the other', async () => {
    const { sends, add } = held({ maxRecords: 2 });
    const done = add('a', 'b', 'c', 'd', 'e');
    for (const expected of [['a', 'b'], ['c', 'd'], ['e']]) {
      await sleep(1);
      expect(sends.at(-1)!.records).toEqual(expected);
      sends.at(-1)!.finish();
    }
    await done;
  });

  it('fails every call of a failed send, and nobody else', async () => {
    const { sends, add } = held({ lingerMs: 60_000 });
    const results = Promise.allSettled([add('a'), add('b'), add('c')]);
    sends[0]!.finish();
    await sleep(1);
    sends[1]!.finish(new Error('away'));
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('sends everything exactly once, within the bounds, each call in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (calls, maxRecords) => {
        const sent: string[][] = [];
        const coalescer = new Coalescer(
          async (records) => {
            sent.push(text(records));
            await Promise.resolve();
          },
          { ...defaultLimits, maxRecords, lingerMs: 0 },
        );
        await Promise.all(calls.map((count, call) => coalescer.add(Array.from({ length: count }, (_, i) => record(`${call}.${i}`)), count)));
        const all = sent.flat();
        expect([...all].sort()).toEqual(calls.flatMap((count, call) => Array.from({ length: count }, (_, i) => `${call}.${i}`)).sort());
        expect(sent.every((records) => records.length <= maxRecords)).toBe(true);
        calls.forEach((count, call) => expect(all.filter((one) => one.startsWith(`${call}.`))).toEqual(Array.from({ length: count }, (_, i) => `${call}.${i}`)));
      }),
      { numRuns: 50 },
    );
  });
});
