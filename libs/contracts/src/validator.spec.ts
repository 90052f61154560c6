import { Type } from 'typebox';
import { signalInputSchema } from './signal.js';
import { faultOf, faultsOf, fits } from './validator.js';

const survey = { kind: 'survey', accountId: 'a', data: { type: 'nps', score: 9 } };

describe('faultOf', () => {
  it('is null for what fits', () => {
    expect(faultOf(signalInputSchema('survey'), survey)).toBeNull();
  });

  it.each([
    { name: 'a missing field', value: { kind: 'survey', data: { type: 'nps' } }, pointer: '/data/score', words: 'is required' },
    { name: 'a misspelt field', value: { ...survey, data: { ...survey.data, 'sco/re~': 1 } }, pointer: '/data/sco~1re~0', words: 'not a known field' },
    { name: 'a value outside of a list', value: { ...survey, data: { ...survey.data, type: 'smiley' } }, pointer: '/data/type', words: 'must be one of nps, csat, ces, renewal_intent' },
    { name: 'another kind', value: { ...survey, kind: 'usage' }, pointer: '/kind', words: 'must be "survey"' },
    { name: 'a number that is too large', value: { ...survey, data: { ...survey.data, score: 11 } }, pointer: '/data/score', words: '<= 10' },
    { name: 'a number as text: nothing is coerced', value: { ...survey, data: { ...survey.data, score: '9' } }, pointer: '/data/score', words: 'number' },
    { name: 'an own __proto__', value: JSON.parse('{"kind":"survey","data":{"type":"nps","score":9},"__proto__":{}}') as unknown, pointer: '/__proto__', words: 'not a known field' },
    { name: 'an id with a control character', value: { ...survey, accountId: 'a\u0000b' }, pointer: '/accountId', words: 'pattern' },
    { name: 'an id that is too long', value: { ...survey, accountId: 'a'.repeat(201) }, pointer: '/accountId', words: '200' },
    { name: 'no object', value: 'survey', pointer: '', words: 'object' },
  ])('points at $name', ({ value, pointer, words }) => {
    const fault = faultOf(signalInputSchema('survey'), value);
    expect(fault?.pointer).toBe(pointer);
    expect(fault?.detail).toContain(words);
  });

  it.each([
    ['2026-03-10T09:14:07.120Z', true],
    ['2026-03-10T09:14:07+02:00', true],
    ['2026-03-10', false],
    ['2026-02-30T00:00:00Z', false],
    ['yesterday', false],
  ])('takes %s for an instant: %s', (occurredAt, valid) => {
    expect(fits(signalInputSchema('survey'), { ...survey, occurredAt })).toBe(valid);
  });

  it('finds every fault, one a place, the deepest where one of several shapes would do', () => {
    const schema = Type.Object({ a: Type.Number(), b: Type.Union([Type.Array(Type.Number()), Type.Null()]), c: Type.Union([Type.Array(Type.Number()), Type.Null()]) }, { additionalProperties: false });
    expect(faultsOf(schema, { a: 1, b: null, c: [2] })).toEqual([]);
    const faults = faultsOf(schema, { b: [1, 'x', 'y'], c: 'z', d: 0 });
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(['/a', '/b/1', '/b/2', '/c', '/d']);
    expect(faults.find(({ pointer }) => pointer === '/c')?.detail).toContain('array');
  });

  it('leaves the value as it was', () => {
    const schema = Type.Object({ a: Type.Optional(Type.Number({ default: 7 })) });
    const value = { b: 1 };
    expect(faultOf(schema, value)).toBeNull();
    expect(value).toEqual({ b: 1 });
  });
});
