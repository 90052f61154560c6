import { cursorOf, positionOf } from './timeline-position.js';

it('a position becomes a cursor and back, whatever its ids hold', () => {
  const position = { occurredAt: '2026-03-02T09:00:00.123Z', id: 'a"b/ü', sourceId: 'api/x', week: 2930 };
  expect(positionOf(cursorOf(position))).toEqual(position);
});
it.each(['', 'x', 'W10', Buffer.from('["soon","a","b",1]').toString('base64url'), Buffer.from('["2026-03-02","a\\u0000","b",1]').toString('base64url'), Buffer.from('[1]').toString('base64url')])('%j is no cursor', (text) => {
  expect(positionOf(text)).toBeNull();
});
