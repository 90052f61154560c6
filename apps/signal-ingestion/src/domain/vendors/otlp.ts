import type { ItemFault } from '../item-fault.js';
import { anonymousOf, eventNameFault, id, idsFault, isItem, object, personFault, personOf, personTopicKey, text, timeFault, usage } from './fields.js';
import { decodeLogs, encodeResponse } from './otlp-protobuf.js';
import type { Answer, Item, ItemResult, Meaning, ReadJson, Vendor, VendorRequest } from './vendor.js';

const protobuf = 'application/x-protobuf';
/** Attributes that say who and where, and no property of the event. */
const users = ['enduser.id', 'user.id'];
const visitors = ['enduser.pseudo.id'];
const account = 'account.id';
const recordId = 'log.record.uid';
/** The resource's name for the product. */
const service = 'service.name';
/** Values nested deeper are refused as too deep. */
const deepest = 12;

/** OTLP log records that are events: they have an event name, and attributes that say whose they are. */
export const otlp: Vendor = {
  name: 'otlp',
  paths: [{ path: '/v1/logs', call: null, decode: recordsOf, answer: answerOf }],
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 2500 },
  tooLargeStatus: 413,
  success: {},
  transportFields: ['observedTimeUnixNano'],

  itemsField: 'records',
  partOf: () => null,
  idOf: (item) => id(attributesOf(item)[recordId]),
  keysIn: () => [],
  sentAtOf: () => null,
  topicKeyOf: (item) => personTopicKey(oneOf(item, users), oneOf(item, visitors)) ?? id(oneOf(item, [account])) ?? '',
  itemsOf({ records }) {
    if (!Array.isArray(records)) return { code: 'invalid_field', pointer: '/resourceLogs', detail: 'must be an array' };
    return records.map((item: unknown) => ({ call: 'record', item }));
  },
  faultOf(_call, item, _sentAt, receivedAt) {
    const [user, visitor] = [oneOf(item, users), oneOf(item, visitors)];
    const fault = idsFault([[user, '/attributes/enduser.id'], [visitor, '/attributes/enduser.pseudo.id'], [oneOf(item, [account]), '/attributes/account.id'], [attributesOf(item)[recordId], '/attributes/log.record.uid'], [object(item['resource'])[service], '/resource/service.name']]);
    if (fault) return fault;
    if (nameOf(item) === null) return { code: 'missing_field', pointer: '/eventName', detail: 'is required: a record without it is no event' };
    if (id(user) === null && id(visitor) === null && id(oneOf(item, [account])) === null) return { code: 'identity_missing', pointer: '/attributes', detail: 'names neither enduser.id nor account.id: set one' };
    const time = timeOf(item);
    if (Number.isNaN(time)) return { code: 'timestamp_invalid', pointer: '/timeUnixNano', detail: 'must be nanoseconds since 1970' };
    return personFault(user, '/attributes/enduser.id', [[visitor, '/attributes/enduser.pseudo.id']]) ?? eventNameFault(nameOf(item), '/eventName') ?? (time === null ? null : timeFault(time, '/timeUnixNano', null, receivedAt));
  },
  meaningOf(_call, item): Meaning {
    const who = [...users, ...visitors, account, recordId, 'event.name'];
    return {
      messageId: id(attributesOf(item)[recordId]),
      original: timeOf(item),
      person: personOf(oneOf(item, users), null),
      anonymous: anonymousOf(oneOf(item, visitors)),
      accountId: id(oneOf(item, [account])),
      formerly: [],
      accountTraits: null,
      product: text(object(item['resource'])[service]),
      mayCreate: false,
      signal: usage(nameOf(item) ?? '', Object.fromEntries(Object.entries(attributesOf(item)).filter(([name]) => !who.includes(name)))),
    };
  },
};

const attributesOf = (item: Item): Item => object(item['attributes']);
/** The first of these that the record, else its resource, has. */
const oneOf = (item: Item, names: readonly string[]): unknown => names.map((name) => attributesOf(item)[name] ?? object(item['resource'])[name]).find((value) => value !== undefined);
const nameOf = (item: Item): string | null => text(item['eventName']) ?? text(attributesOf(item)['event.name']);

/** ms; null: not given, NaN: not readable. Zero is protobuf's way to say nothing. */
function timeOf(item: Item): number | null {
  const given = item['timeUnixNano'] ?? item['observedTimeUnixNano'] ?? null;
  if (given === null || given === '0' || given === 0) return null;
  return (typeof given === 'string' && /^\d{1,20}$/.test(given)) || typeof given === 'number' ? Math.trunc(Number(given) / 1e6) : NaN;
}

/** Every record with the attributes of its own and of its resource as plain values. */
function recordsOf(request: VendorRequest): ReadJson | ItemFault {
  const read = request.contentType === protobuf ? decodeLogs(request.bytes) : request.json();
  if ('code' in read) return read;
  if (!isItem(read.value)) return { code: 'not_an_object', pointer: '', detail: 'the body must be a JSON object' };
  const misplaced = misplacedIn(read.value);
  if (misplaced !== null) return { code: 'invalid_field', pointer: misplaced, detail: 'must be an array of objects' };
  const records = list(read.value['resourceLogs']).flatMap((group) => {
    const resource = plainAttributes(object(group['resource'])['attributes']);
    return list(group['scopeLogs']).flatMap((scope) => list(scope['logRecords']).map((record) => plainRecord(record, resource)));
  });
  // Its names are those of the values made here: none of them can stand twice.
  return { value: { records }, text: '{}' };
}

/** Where no records stand that should: nothing would come of it, and nobody would be told. */
function misplacedIn(body: Item): string | null {
  const groupsAt = (holder: Item, name: string, pointer: string): [string, Item][] | string => {
    const groups = holder[name] ?? [];
    return Array.isArray(groups) && groups.every(isItem) ? groups.map((group, at) => [`${pointer}/${name}/${at}`, group]) : `${pointer}/${name}`;
  };
  const resources = groupsAt(body, 'resourceLogs', '');
  if (typeof resources === 'string') return resources;
  for (const [pointer, resource] of resources) {
    const scopes = groupsAt(resource, 'scopeLogs', pointer);
    if (typeof scopes === 'string') return scopes;
    for (const [at, scope] of scopes) if (!Array.isArray(scope['logRecords'] ?? [])) return `${at}/logRecords`;
  }
  return null;
}

function plainRecord(record: Item, resource: Item): Item {
  const { attributes, body, ...rest } = record;
  const { eventName, timeUnixNano, observedTimeUnixNano } = rest;
  return {
    ...Object.fromEntries(Object.entries({ eventName, timeUnixNano, observedTimeUnixNano }).filter(([, value]) => value !== undefined)),
    attributes: plainAttributes(attributes),
    ...(Object.keys(resource).length === 0 ? {} : { resource }),
    ...(body === undefined ? {} : { body: plainValue(body, 1) }),
  };
}

const list = (value: unknown): Item[] => (Array.isArray(value) ? value.map(object) : []);

function plainAttributes(attributes: unknown, depth = 1): Item {
  return Object.fromEntries(list(attributes).map(({ key, value }) => [typeof key === 'string' ? key : '', plainValue(value, depth)]));
}

/** OTLP's AnyValue as JSON would say it; 64-bit numbers are text in JSON and stay it where they would lose digits. */
function plainValue(value: unknown, depth: number): unknown {
  const given = object(value);
  if (depth > deepest) return '(deeper levels left out)';
  if (given['arrayValue'] !== undefined) return list(object(given['arrayValue'])['values']).map((item) => plainValue(item, depth + 1));
  if (given['kvlistValue'] !== undefined) return plainAttributes(object(given['kvlistValue'])['values'], depth + 1);
  const whole = given['intValue'];
  if (whole !== undefined) return typeof whole === 'string' && /^-?\d{1,15}$/.test(whole) ? Number(whole) : whole;
  return given['stringValue'] ?? given['boolValue'] ?? given['doubleValue'] ?? given['bytesValue'] ?? null;
}

/** Partial success, as the client's exporter shows it, in the encoding that it sent. */
function answerOf(results: readonly ItemResult[], { contentType }: VendorRequest): Answer {
  const refused = results.filter(({ fault }) => fault !== null);
  const [first] = refused;
  const partial = first?.fault ? { rejectedLogRecords: refused.length, errorMessage: `${first.fault.pointer} ${first.fault.detail}` } : null;
  if (contentType === protobuf) return { type: protobuf, body: encodeResponse(partial) };
  return { body: partial ? { partialSuccess: { ...partial, rejectedLogRecords: String(partial.rejectedLogRecords) } } : {} };
}
