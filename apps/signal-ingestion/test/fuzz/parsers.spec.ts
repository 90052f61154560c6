import fc from 'fast-check';
import { addresses } from '../../src/domain/vendors/vendors.js';
import { places, replaced } from './places.js';
import { samples, type Json } from './samples.js';
import { consumerFault, edgeTakes, type Sent } from './take-request.js';

/** What breaks parsers, put in the place of any part of a good body. */
const hostile: readonly Json[] = [
  null, true, 0, -1, 1.5, 9007199254740993, 1e308, '', ' ', 'x'.repeat(201), 'x'.repeat(40_000), '\0', '\ud800', 'email:', '__proto__', 'constructor', '2026-03-02T08:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '99999999999999999999',
  [], {}, [null], [[]], [{}], { a: null }, JSON.parse('{"__proto__":{"x":1}}') as Json, { constructor: { prototype: {} } }, { toString: 1, length: -1, valueOf: null }, deep(30), Array.from({ length: 300 }, () => 0), Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`n${i}`, i])),
  'perennial.signal.survey.v1', '$identify', '$groupidentify', '$create_alias', '$screen', 'merge', 'alias',
];

function deep(levels: number): Json {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

describe('parsers of what vendors\' clients send', () => {
  it.each(samples.map((sample) => [`${sample.served.vendor.name} ${sample.served.path.path}`, sample] as const))('%s: the sample is taken', (_name, { served, body, carry }) => {
    const checked = edgeTakes(served, carry(body));
    if ('code' in checked) throw new Error(JSON.stringify(checked));
    expect(checked.filter(({ fault }) => fault === null).length).toBeGreaterThan(0);
  });

  it.each(samples.map((sample) => [`${sample.served.vendor.name} ${sample.served.path.path}`, sample] as const))('%s: whatever stands in the place of a part, nothing breaks, and what the edge takes the consumer can read and publish', (_name, { served, body, carry }) => {
    const spots = places(body);
    const change = fc.tuple(fc.nat(spots.length - 1), fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...hostile) }, { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const mutated = changes.reduce<Json>((value, [spot, by]) => replaced(value, spots[spot]!, by), body);
        let sent: Sent;
        try {
          sent = carry(mutated);
        } catch {
          return; // it cannot travel this way
        }
        const checked = edgeTakes(served, sent);
        if ('code' in checked) return;
        for (const item of checked) if (item.fault === null) expect(consumerFault(served, item)).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  it.each(samples.map((sample) => [`${sample.served.vendor.name} ${sample.served.path.path}`, sample] as const))('%s: no part alone makes what the edge takes unfit to be published', (_name, { served, body, carry }) => {
    const unfit = places(body).slice(1).flatMap((spot) => ['a\u0085', 7, ...hostile].flatMap((by) => {
      const checked = edgeTakes(served, carry(replaced(body, spot, by)));
      if ('code' in checked) return [];
      return checked.flatMap((item) => (item.fault === null ? (consumerFault(served, item) ?? []) : []));
    }));
    expect(unfit).toEqual([]);
  });

  it('bytes and JSON of any kind break nothing at any address', () => {
    const bodies = fc.oneof(fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)), fc.json().map((text) => Buffer.from(text)), fc.string().map((text) => Buffer.from(`data=${text}`)));
    const sent = fc.record({ body: bodies, query: fc.dictionary(fc.constantFrom('data', 'writeKey', 'properties', 'context', 'ue_px', 'ue_pr', 'cx', 'co', 'e', 'verbose'), fc.string()), headers: fc.dictionary(fc.constantFrom('ce-type', 'ce-id', 'ce-time', 'content-type'), fc.oneof(fc.string(), fc.constant('application/x-protobuf'))) });
    fc.assert(
      fc.property(fc.constantFrom(...addresses.flatMap(({ served }) => served)), sent, (served, request) => {
        edgeTakes(served, request);
      }),
      { numRuns: 3000 },
    );
  });
});
