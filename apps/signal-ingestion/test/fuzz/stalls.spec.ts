import { samples } from './samples.js';
import { edgeTakes, servedAt, type Sent } from './take-request.js';
import type { Served } from '../../src/domain/vendors/vendors.js';

/** The longest that one body may hold up everybody else, ms of this thread on the processor: others may keep it busy. The best of eight turns. */
const longestMs = 100;

const filled = (bytes: number, part: string, before: string, after: string): Buffer => Buffer.from(`${before}${part}${`,${part}`.repeat(Math.floor((bytes - before.length - after.length - part.length) / (part.length + 1)))}${after}`);
const field: Readonly<Record<string, string>> = { segment: 'batch', rudderstack: 'batch', posthog: 'batch', cloudevents: 'events', amplitude: 'events', mixpanel: 'items', snowplow: 'data' };

/** Bodies as large as an address takes, of what costs most. */
function worst({ vendor, path }: Served): [string, Sent][] {
  const bytes = (path.call === null ? vendor.limits.batchBytes : vendor.limits.itemBytes) - 10;
  const begin = ['mixpanel', 'cloudevents'].includes(vendor.name) ? '[' : vendor.name === 'otlp' ? '{"resourceLogs":[' : `{"${field[vendor.name]}":[`;
  const end = begin === '[' ? ']' : ']}';
  const most = vendor.limits.batchItems;
  const one = samples.find(({ served }) => served.vendor === vendor)!.body;
  const item = JSON.stringify(Array.isArray(one) ? one[0] : (Object.values(one as object).find((value): value is object[] => Array.isArray(value))?.[0] ?? one));
  const padded = (size: number) => item.replace(/}$/, `,"pad":"${'x'.repeat(Math.max(0, size - item.length - 9))}"}`);
  const bodies: [string, Buffer][] = [
    ['zeros', filled(bytes, '0', begin, end)],
    ['empty objects', filled(bytes, '{}', begin, end)],
    ['brackets', Buffer.from(`${begin}${'['.repeat((bytes - 20) / 2)}${']'.repeat((bytes - 20) / 2)}${end}`)],
    ['as many items as may be', Buffer.from(`${begin}${Array.from({ length: most }, () => padded(Math.floor(bytes / most) - 1)).join(',')}${end}`)],
    ['items with many names', filled(bytes, `{${Array.from({ length: 250 }, (_, i) => `"n${i}":${i}`).join(',')}}`, begin, end)],
    ['one name again and again', filled(bytes, '"a":0', `${begin}{`, `}${end}`)],
    ['names without end', Buffer.from(`${begin}{${Array.from({ length: Math.floor(bytes / 12) }, (_, i) => `"n${i}":0`).join(',').slice(0, bytes - 40)}":0}${end}`)],
    ['backslashes', Buffer.from(`${begin}{"a":"${'\\\\'.repeat((bytes - 40) / 2)}"}${end}`)],
    ['text', Buffer.from(`${begin}{"a":"${'x'.repeat(bytes - 40)}"}${end}`)],
    ['0xff', Buffer.alloc(bytes, 0xff)],
    ['a form of ampersands', Buffer.from(`data=${'&'.repeat(bytes - 5)}`)],
    ['a form of percent signs', Buffer.from(`data=${'%5B'.repeat((bytes - 5) / 3)}`)],
  ];
  return bodies.flatMap(([name, body]): [string, Sent][] => [[name, { body }], ...(vendor.name === 'otlp' ? ([[`${name} as protobuf`, { body, headers: { 'content-type': 'application/x-protobuf' } }]] as [string, Sent][]) : [])]);
}

/** Protobuf that nests as deep as the limit lets it. */
function nested(bytes: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < bytes - 12) {
    const varint: number[] = [];
    for (let rest = length; ; rest >>>= 7) {
      varint.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    // kvlistValue and values by turns: both are length-delimited.
    const head = Buffer.from([parts.length % 2 === 0 ? 0x32 : 0x0a, ...varint]);
    parts.push(head);
    length += head.length;
  }
  return Buffer.concat(parts.reverse());
}

function bestMs(served: Served, sent: Sent): number {
  let best = Infinity;
  for (let turn = 0; turn < 8 && best > longestMs; turn++) {
    const from = process.threadCpuUsage();
    edgeTakes(served, sent);
    const { user, system } = process.threadCpuUsage(from);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

it.each([
  ['segment', '/v1/batch'], ['segment', '/v1/t'], ['rudderstack', '/v1/batch'], ['posthog', '/batch/'], ['cloudevents', '/v1/events'], ['otlp', '/v1/logs'], ['amplitude', '/2/httpapi'], ['mixpanel', '/track'], ['snowplow', '/com.snowplowanalytics.snowplow/tp2'],
])('no body within the limits holds %s %s up', (vendor, path) => {
  const served = servedAt(path, vendor);
  const bodies = [...worst(served), ...(vendor === 'otlp' ? ([['deep protobuf', { body: nested(4_000_000), headers: { 'content-type': 'application/x-protobuf' } }]] as [string, Sent][]) : [])];
  const slow = bodies.map(([name, sent]) => [name, Math.round(bestMs(served, sent))] as const).filter(([, ms]) => ms > longestMs);
  expect(slow).toEqual([]);
}, 60_000);
