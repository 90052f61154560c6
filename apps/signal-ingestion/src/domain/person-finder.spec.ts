import { PersonFinder, searchTexts } from './person-finder.js';

const traces = { keys: ['u1', '42', 'user-17', 'email:jo-a@acme.com', 'anonymous:v1'], emails: ['jo-a@acme.com'], names: ['Jo'] };
const finder = new PersonFinder(traces);

describe('a person who is looked for', () => {
  it('is searched by ids and addresses', () => {
    expect(searchTexts(traces)).toEqual(['"u1"', '"42"', '"user-17"', '"v1"', ...['u1', '42', 'user-17', 'v1'].map((id) => `\\"${id}\\"`), '42', 'jo-a@acme.com']);
  });

  it.each<[unknown, boolean]>([
    [{ userId: 'u1' }, true], [{ by: 'u11' }, false], [[{ n: 42 }], true], [{ n: 421 }, false], [{ v: 'v1' }, true], [{ head: '{"userId":"u1","event":"x' }, true], [{ head: '{"userId":"u11"' }, false],
    [{ text: 'ask\nJO-A@acme.com.' }, true], [{ 'jo-a@acme.com clicked': 1 }, true], [{ text: 'mailto:jo-a@acme.com?x' }, true],
    [{ text: 'mojo-a@acme.com' }, false], [{ text: 'x.jo-a@acme.com' }, false], [{ text: 'jo-a@acme.com.au' }, false], [{ text: 'jo-a@acme.community' }, false],
  ])('is in %j: %p', (value, expected) => {
    expect(finder.isIn(value)).toBe(expected);
  });

  it('is hidden in what others said', () => {
    const said = { text: 'Ask Jo-A@acme.com, not mojo-a@acme.com', 'jo-a@acme.com': 1, assignee: 'user-17', plan: 'u1', quantity: 42, attendees: [{ personId: 'u1' }, { personId: 'u2' }] };
    expect(finder.scrubbed(said)).toEqual({ text: 'Ask (erased), not mojo-a@acme.com', '(erased)': 1, assignee: '(erased)', plan: 'u1', quantity: 42, attendees: [{ personId: 'u2' }] });
  });
});
