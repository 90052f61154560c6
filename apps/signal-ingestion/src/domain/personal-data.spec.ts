import type { Arrival } from './arrival.js';
import { mentions, speaksOf, withoutPeople } from './personal-data.js';
import type { Meaning } from './vendors/vendor.js';

const gone = new Set(['u1', 'email:jo@acme.com', 'anonymous:v1']);
const isGone = (key: string) => gone.has(key);
const arrival = (meaning: Partial<Meaning>): Arrival => ({
  at: 0, sourceId: 's', messageId: 'm', hash: '', receivedAt: 0, occurredAt: 0, clamped: false,
  meaning: { messageId: 'm', original: null, person: null, anonymous: null, accountId: 'acme', formerly: [], accountTraits: null, product: null, mayCreate: false, signal: null, ...meaning },
});

describe('a person who was erased', () => {
  it.each<[string, Partial<Meaning>]>([
    ['by id', { person: 'u1' }],
    ['as a visitor', { person: 'u2', anonymous: 'anonymous:v1' }],
    ['under a former name', { person: 'u2', formerly: ['u1'] }],
    ['by the address that comes with another id', { person: 'u2', signal: { kind: 'person', data: { change: 'updated', email: 'Jo@Acme.com' } } }],
  ])('is known %s', (_, meaning) => {
    expect(withoutPeople(arrival(meaning), isGone)).toBeNull();
  });

  it('is left out of meetings, which stay', () => {
    const meeting = arrival({ signal: { kind: 'engagement', data: { type: 'meeting', attendees: [{ personId: 'u1' }, { personId: 'u3', role: 'champion' }] } } });
    expect(withoutPeople(meeting, isGone)?.meaning.signal?.data).toEqual({ type: 'meeting', attendees: [{ personId: 'u3', role: 'champion' }] });
    const other = arrival({ person: 'u2' });
    expect(withoutPeople(other, isGone)).toBe(other);
  });

  it.each<[unknown, boolean]>([
    [{ userId: 'u1' }, true], [{ userId: 'u11' }, false], [{ a: [{ b: 'JO@acme.com' }] }, true], [{ anonymousId: 'v1' }, true], [{ 'jo@acme.com': 1 }, true], [{ n: 1, b: true, z: null }, false],
  ])('is mentioned in %j: %p', (value, expected) => {
    expect(mentions(value, isGone)).toBe(expected);
  });

  it.each([['u1', true], ['u2', false]])('is mentioned however deep it stands: %s', (text, expected) => {
    let value: unknown = text;
    for (let depth = 0; depth < 100_000; depth++) value = depth % 2 === 0 ? [value] : { a: value };
    expect(mentions(value, isGone)).toBe(expected);
  });

  it.each<[unknown, boolean]>([
    [{ userId: 'u1' }, true], [{ text: 'ask <Jo@Acme.com>.\nThanks' }, true], [{ a: [{ 'jo@acme.com clicked': 1 }] }, true], ['mojo@acme.com', false], ['write to jo@acme.com.au', false], [{ text: 'u1 called' }, false],
  ])('is spoken of in %j: %p', (value, expected) => {
    expect(speaksOf(value, isGone)).toBe(expected);
  });
});
