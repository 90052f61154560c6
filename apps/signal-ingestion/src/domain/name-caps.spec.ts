import type { Arrival } from './arrival.js';
import { capNames, nameCaps, otherEvent } from './name-caps.js';

const usage = (event: string, properties?: Record<string, unknown>, sourceId = 'api'): Arrival => ({
  at: 0, sourceId, messageId: 'm', hash: '', receivedAt: 0, occurredAt: 0, clamped: false,
  meaning: {
    messageId: 'm', original: null, person: 'u', anonymous: null, accountId: null, formerly: [], accountTraits: null, product: null, mayCreate: false,
    signal: { kind: 'usage', data: { event, quantity: 3, ...(properties ? { properties } : {}) } },
  },
});
const dataOf = ({ meaning }: Arrival) => meaning.signal?.data;

describe('names of events and properties', () => {
  it('are taken up to the cap; beyond it the event still counts, and its new properties are left out', () => {
    const events = Array.from({ length: nameCaps.event + 5 }, (_, i) => usage(`viewed ${i}`, { [`p${i}`]: 1, page: 'x' }));
    const { capped, fresh, overflows } = capNames(events, new Map());
    expect(fresh.filter(({ kind }) => kind === 'event')).toHaveLength(nameCaps.event);
    expect(overflows).toEqual([{ sourceId: 'api', kind: 'event', count: 5, example: `viewed ${nameCaps.event + 4}` }]);
    expect(dataOf(capped.at(-1)!)).toMatchObject({ event: otherEvent, quantity: 3, properties: { page: 'x' } });
    expect(capped[0]).toBe(events[0]);
  });

  it('that are known have room for ever, whatever else is new', () => {
    const known = new Map([['api', { event: new Set(Array.from({ length: nameCaps.event }, (_, i) => `e${i}`)), property: new Set(Array.from({ length: nameCaps.property }, (_, i) => `p${i}`)) }]]);
    const { capped, fresh, overflows } = capNames([usage('e7', { p3: 1, new: 2 }), usage('new'), usage('new', {}, 'other')], known);
    expect(capped.map(dataOf)).toMatchObject([{ event: 'e7', properties: { p3: 1 } }, { event: otherEvent }, { event: 'new' }]);
    expect(dataOf(capped[0]!)).toEqual({ event: 'e7', quantity: 3, properties: { p3: 1 } });
    expect(overflows).toMatchObject([{ kind: 'property', count: 1 }, { kind: 'event', count: 1 }]);
    expect(fresh).toEqual([{ sourceId: 'topic', kind: 'event', name: 'new' }]);
  });
});
