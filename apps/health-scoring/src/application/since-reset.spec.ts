import { sinceReset } from './since-reset.js';

type Events = Parameters<typeof sinceReset>[0];
const told = (...names: string[]) => names.map((name) => ({ key: name[0], type: name.endsWith('reset') ? 'perennial.account.reset.v1' : 'perennial.signal.note.v1', name })) as unknown as Events;

describe('what a chunk leaves of histories', () => {
  it('is of each account what came after its last reset, in order', () => {
    const left = sinceReset(told('a 1', 'b 1', 'a reset', 'a 2', 'b 2', 'a reset', 'a 3', 'c 1'));
    expect(left).toEqual({ reset: ['a'], events: told('b 1', 'b 2', 'a 3', 'c 1') });
  });
  it('is all of it without a reset', () => {
    const events = told('a 1', 'b 1');
    expect(sinceReset(events)).toEqual({ reset: [], events });
  });
});
