import fc from 'fast-check';
import { decodeRecord, encodeHeaders, maxCausationDepth, type Envelope } from './cloud-event.js';
import { riskChangesTopic, usersTopic } from './topics.js';

const type = 'perennial.user.changed.v1';
const data = { id: 'usr_01', email: 'maria@vendor.example', name: null, role: 'csm', active: true, version: 3 };
const headers = { ce_specversion: '1.0', ce_id: 'users/usr_01/3', ce_type: type, ce_source: '/gateway', ce_time: '2026-03-01T07:00:00.000Z', ce_subject: 'usr_01' };
const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const decode = (changes: Record<string, string | undefined> = {}, value: Buffer | null = bytes(data)) => {
  const merged = Object.fromEntries(Object.entries({ ...headers, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return decodeRecord(usersTopic, merged, value);
};

describe('decodeRecord', () => {
  it('reads an event and defaults what may be absent', () => {
    expect(decode()).toEqual({
      ok: true,
      envelope: { id: 'users/usr_01/3', source: '/gateway', time: '2026-03-01T07:00:00.000Z', subject: 'usr_01', causationId: null, causationDepth: 0, traceparent: null },
      event: { type, data },
    });
  });

  it.each([
    { name: 'an empty value', changes: {}, value: null, code: 'tombstone' },
    { name: 'text', changes: {}, value: bytes('hello'), code: 'not_json' },
    { name: 'half a document', changes: {}, value: bytes('{"id":'), code: 'not_json' },
    { name: 'no bytes at all', changes: {}, value: Buffer.alloc(0), code: 'not_json' },
    { name: 'no type', changes: { ce_type: undefined }, value: bytes(data), code: 'missing_header' },
    { name: 'no id', changes: { ce_id: undefined }, value: bytes(data), code: 'missing_header' },
    { name: 'an empty id', changes: { ce_id: '' }, value: bytes(data), code: 'missing_header' },
    { name: 'a depth that is no number', changes: { ce_causationdepth: 'deep' }, value: bytes(data), code: 'missing_header' },
    { name: 'a negative depth', changes: { ce_causationdepth: '-1' }, value: bytes(data), code: 'missing_header' },
    { name: 'a version of tomorrow', changes: { ce_type: 'perennial.user.changed.v9' }, value: bytes(data), code: 'unknown_version' },
    { name: 'the type of another topic', changes: { ce_type: 'perennial.risk.changed.v1' }, value: bytes(data), code: 'unknown_type' },
    { name: 'a type that is a property of every object', changes: { ce_type: 'constructor' }, value: bytes(data), code: 'unknown_type' },
    { name: 'the type __proto__', changes: { ce_type: '__proto__' }, value: bytes(data), code: 'unknown_type' },
    { name: 'a missing field', changes: {}, value: bytes({ ...data, email: undefined }), code: 'schema' },
    { name: 'a field of the wrong kind', changes: {}, value: bytes({ ...data, active: 'yes' }), code: 'schema' },
    { name: 'null', changes: {}, value: bytes('null'), code: 'schema' },
    { name: 'a list', changes: {}, value: bytes('[]'), code: 'schema' },
  ])('refuses $name as $code, and says why', ({ changes, value, code }) => {
    const decoded = decode(changes, value);
    expect(decoded).toMatchObject({ ok: false, code });
    expect(decoded.ok ? '' : decoded.detail).not.toBe('');
  });

  it('follows a chain of effects up to its limit and no further', () => {
    expect(decode({ ce_causationdepth: String(maxCausationDepth) })).toMatchObject({ ok: true, envelope: { causationDepth: maxCausationDepth } });
    expect(decode({ ce_causationdepth: String(maxCausationDepth + 1) })).toMatchObject({ ok: false, code: 'causation_too_deep' });
  });

  it('says where the data do not fit, without repeating them', () => {
    const decoded = decode({}, bytes({ ...data, role: 'secret-role' }));
    expect(decoded).toMatchObject({ ok: false, code: 'schema' });
    expect(decoded.ok ? '' : decoded.detail).toMatch(/^\/role /);
    expect(decoded.ok ? '' : decoded.detail).not.toContain('secret-role');
  });

  it('looks at no other header than ce_*, traceparent and content-type', () => {
    const plain = decode();
    expect(decode({ id: 'x', type: 'y', source: 'z', authorization: 'Bearer t', subject: 'other' })).toEqual(plain);
  });

  it('does not let prototype keys reach any prototype', () => {
    const poisoned = `{"id":"usr_01","email":"a@b.example","name":null,"role":"csm","active":true,"version":3,"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`;
    const decoded = decode({}, bytes(poisoned));
    expect(decoded.ok).toBe(true);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.getPrototypeOf(decoded.ok ? decoded.event.data : null)).toBe(Object.prototype);
  });

  it('takes a structured event whose body is no object for one without attributes', () => {
    for (const body of ['null', '7', '"text"', '[]']) {
      expect(decodeRecord(usersTopic, { 'content-type': 'application/cloudevents+json' }, bytes(body))).toMatchObject({ ok: false, code: 'missing_header' });
    }
  });

  it('answers any bytes and any headers with a verdict, never with a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.dictionary(fc.constantFrom('ce_type', 'ce_id', 'ce_causationdepth', 'content-type', 'x'), fc.oneof(fc.string(), fc.constantFrom(type, 'application/cloudevents+json'))), (value, any) => {
        expect(typeof decodeRecord(riskChangesTopic, any, Buffer.from(value)).ok).toBe('boolean');
      }),
    );
  });

  it('reads what encodeHeaders wrote', () => {
    const text = fc.string({ minLength: 1 });
    const optional = fc.option(text, { nil: null });
    const envelopes: fc.Arbitrary<Envelope> = fc.record({ id: text, source: text, time: text, subject: optional, causationId: optional, causationDepth: fc.integer({ min: 0, max: maxCausationDepth }), traceparent: optional });
    fc.assert(
      fc.property(envelopes, (envelope) => {
        expect(decodeRecord(usersTopic, encodeHeaders(type, envelope), bytes(data))).toEqual({ ok: true, envelope, event: { type, data } });
      }),
    );
  });
});
