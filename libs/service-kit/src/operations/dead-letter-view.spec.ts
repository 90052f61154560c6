import { payloadOf } from './dead-letter-view.js';

it.each<[string, Buffer | null, unknown]>([
  ['JSON', Buffer.from('{"a":[1]}'), { a: [1] }],
  ['text that is no JSON', Buffer.from('{"a":'), '{"a":'],
  ['bytes that are no text', Buffer.from([0xff, 0x00]), { base64: '/wA=' }],
  ['a tombstone', null, null],
  ['what nobody reads to its end', Buffer.from(`"${'x'.repeat(300_000)}"`), { truncated: true, head: `"${'x'.repeat(4095)}` }],
])('shows the value of a dead letter: %s', (_, value, shown) => {
  expect(payloadOf(value)).toEqual(shown);
});
