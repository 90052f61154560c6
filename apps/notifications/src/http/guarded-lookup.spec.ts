import type { LookupFunction } from 'node:net';
import { guardedLookup, type ResolveAll } from './guarded-lookup.js';

type Address = { address: string; family: number };

/** A resolver that gives one answer after the other, as a hostile name server does. */
function answering(...answers: (string[] | Error)[]): ResolveAll {
  let asked = 0;
  return (_hostname, _options, callback) => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    if (answer instanceof Error) callback(answer, []);
    else callback(null, answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
}

const ask = (lookup: LookupFunction, options: { all?: boolean } = {}) =>
  new Promise<{ address: string | Address[]; family: number | undefined }>((resolve, reject) =>
    lookup('hooks.example.com', options, (error, address, family) => (error ? reject(error) : resolve({ address, family }))),
  );

describe('lookup for webhook sockets', () => {
  it('answers what it judged, in the form that was asked for', async () => {
    const lookup = guardedLookup(false, answering(['93.184.216.34', '2606:2800:220:1::1']));
    expect(await ask(lookup)).toEqual({ address: '93.184.216.34', family: 4 });
    expect(await ask(lookup, { all: true })).toMatchObject({ address: [{ address: '93.184.216.34', family: 4 }, { address: '2606:2800:220:1::1', family: 6 }] });
  });

  it.each([['10.0.0.1'], ['::ffff:127.0.0.1'], ['93.184.216.34', '169.254.169.254'], ['93.184.216.34', '::1']])('refuses a name with the address %s %s', async (...addresses) => {
    const lookup = guardedLookup(false, answering(addresses));
    await expect(ask(lookup)).rejects.toThrow('refused target');
    await expect(ask(lookup, { all: true })).rejects.toThrow('refused target');
  });

  it('judges every answer: one that was public before gains nothing', async () => {
    const lookup = guardedLookup(false, answering(['93.184.216.34'], ['127.0.0.1']));
    expect(await ask(lookup)).toMatchObject({ address: '93.184.216.34' });
    await expect(ask(lookup)).rejects.toThrow('loopback');
  });

  it('opens private networks where they are allowed, and nothing else', async () => {
    expect(await ask(guardedLookup(true, answering(['10.0.0.1'])))).toMatchObject({ address: '10.0.0.1' });
    await expect(ask(guardedLookup(true, answering(['169.254.169.254'])))).rejects.toThrow('linkLocal');
  });

  it('hands on that a name cannot be resolved, or has no address', async () => {
    await expect(ask(guardedLookup(false, answering(new Error('ENOTFOUND'))))).rejects.toThrow('ENOTFOUND');
    await expect(ask(guardedLookup(false, answering([])))).rejects.toThrow('no address');
  });
});
