import { structureFault } from './structure.js';

const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels));

describe('structure of an item', () => {
  it.each([
    ['a NUL in a text', '{"a":{"b":"x\\u0000y"}}', 'nul_character', '/a/b'],
    ['a NUL in a name', '{"a":{"x\\u0000":1}}', 'nul_character', '/a'],
    ['half of a surrogate pair', '{"a":["\\ud800"]}', 'lone_surrogate', '/a/0'],
    ['1e400', '{"n":1e400}', 'number_out_of_range', '/n'],
    ['-1e400', '{"n":-1e400}', 'number_out_of_range', '/n'],
    ['a whole number that loses digits', '{"n":9007199254740993}', 'unsafe_integer', '/n'],
    ['__proto__', '{"a":{"__proto__":{"admin":true}}}', 'forbidden_key', '/a/__proto__'],
    ['constructor.prototype', '{"constructor":{"prototype":{}}}', 'forbidden_key', '/constructor'],
    ['a name of 201 characters', `{"${'x'.repeat(201)}":1}`, 'name_too_long', ''],
    ['256 properties', JSON.stringify({ p: Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`k${i}`, i])) }), 'too_many_properties', '/p'],
    ['a pointer that needs escaping', '{"a/b~c":"\\u0000"}', 'nul_character', '/a~1b~0c'],
  ])('refuses %s', (_name, json, code, pointer) => {
    expect(structureFault(JSON.parse(json))).toMatchObject({ code, pointer });
  });

  it('takes ten levels and refuses eleven, and 20,000 without running out of stack', () => {
    expect(structureFault(nested(10))).toBeNull();
    expect(structureFault(nested(11))).toMatchObject({ code: 'too_deep' });
    expect(structureFault(nested(20_000))).toMatchObject({ code: 'too_deep' });
  });

  it('takes what is only unusual', () => {
    expect(structureFault(JSON.parse('{"constructor":"Ferrari","prototype":1,"":0,"x":[null,true,1.5,9007199254740991,"\\ud83d\\ude00"]}'))).toBeNull();
  });
});
