import type { SignalInput } from '@perennial/contracts/signal';
import { parseInstant } from '../event-time.js';
import { idFault } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { anonymousOf, eventNameFault, id, idsFault, instantFault, isItem, object, personFault, personOf, personTopicKey, text, usage } from './fields.js';
import { meaningOfSignal, perennial } from './perennial.js';
import { normalised, type SignalRules } from '../signal-rules.js';
import type { Answer, Item, ItemResult, Meaning, ReadJson, Vendor, VendorRequest } from './vendor.js';

const ownType = /^perennial\.signal\.([a-z_]+)\.v1$/;
const maxSource = 150;

/**
 * CloudEvents 1.0 over HTTP: binary, structured and batch. A type of ours (`perennial.signal.<kind>.v1`) holds a
 * SIGNAL as its data; any other is a product event of that name.
 */
export const cloudevents: Vendor = {
  name: 'cloudevents',
  paths: [{ path: '/v1/events', call: null, decode: eventsOf, answer: answerOf }],
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 1000 },
  tooLargeStatus: 413,
  success: null,
  transportFields: [],

  itemsField: 'events',
  partOf: (item) => text(object(item)['source']),
  idOf: (item) => text(item['id']),
  keysIn: (_body, query) => [query['key']],
  sentAtOf: () => null,
  topicKeyOf: (item) => {
    const own = ownSignal(item);
    return own ? perennial.topicKeyOf(own) : (personTopicKey(named(item, 'userId', 'personId'), named(item, 'anonymousId')) ?? id(named(item, 'accountId', 'groupId')) ?? '');
  },
  itemsOf({ events }) {
    if (!Array.isArray(events)) return { code: 'invalid_field', pointer: '/events', detail: 'must be an array of events' };
    return events.map((item: unknown) => ({ call: 'event', item }));
  },
  faultOf(_call, item, _sentAt, receivedAt, rules) {
    return attributesFault(item) ?? instantFault(item['time'], '/time', null, receivedAt) ?? (ownSignal(item) ? signalFaultOf(item, receivedAt, rules) : eventFault(item));
  },
  meaningOf(_call, item): Meaning {
    const own = ownSignal(item);
    return own ? meaningOfSignal(normalised(own as unknown as SignalInput)) : eventMeaning(item);
  },
};

function eventsOf(request: VendorRequest): ReadJson | ItemFault {
  if (request.headers['ce-specversion'] !== undefined || request.headers['ce-type'] !== undefined) return binaryEvent(request);
  const json = request.json();
  if ('code' in json) return json;
  if (Array.isArray(json.value)) return { value: { events: json.value }, text: `{"events":${json.text}}` };
  if (isItem(json.value) && Object.hasOwn(json.value, 'specversion')) return { value: { events: [json.value] }, text: `{"events":[${json.text}]}` };
  return { code: 'not_a_cloud_event', pointer: '', detail: 'neither ce-* headers nor specversion in the body: send a CloudEvent in binary, structured or batch mode' };
}

/** Attributes in the headers, percent-encoded where they are not ASCII; the body is the data. */
function binaryEvent(request: VendorRequest): ReadJson | ItemFault {
  const attributes: [string, string][] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith('ce-') || value === undefined) continue;
    const plain = decoded(value);
    if (plain === null) return { code: 'invalid_field', pointer: `/${name.slice(3)}`, detail: 'is not percent-encoded as the HTTP binding wants it' };
    attributes.push([name.slice(3), plain]);
  }
  const event = Object.fromEntries(attributes);
  const data = request.bytes.length === 0 ? null : request.json();
  if (data !== null && 'code' in data) return { ...data, detail: `${data.detail}: the data of an event must be JSON` };
  const attributesText = JSON.stringify(event);
  if (data === null) return { value: { events: [event] }, text: `{"events":[${attributesText}]}` };
  return { value: { events: [{ ...event, data: data.value }] }, text: `{"events":[${attributesText.slice(0, -1)},"data":${data.text}}]}` };
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** The npm SDK takes any answer for success: whoever looks sees what was refused, and one refused alone is a 400. */
function answerOf(results: readonly ItemResult[]): Answer {
  const rejected = results.filter(({ fault }) => fault !== null).length;
  const body = { accepted: results.length - rejected, rejected, results: results.map(({ id: given, fault }) => ({ ...(given === null ? {} : { id: given }), ...(fault === null ? { status: 'accepted' } : { status: 'rejected', ...fault }) })) };
  return { status: rejected > 0 && rejected === results.length ? 400 : 200, body };
}

/** The SIGNAL that an event of our own type holds; null: it is of another type. */
function ownSignal(item: Item): Item | null {
  const kind = ownType.exec(text(item['type']) ?? '')?.[1];
  if (kind === undefined) return null;
  const data = object(item['data']);
  return { ...(item['time'] === undefined ? {} : { occurredAt: item['time'] }), ...data, id: item['id'], kind };
}

function signalFaultOf(item: Item, receivedAt: number, rules: SignalRules): ItemFault | null {
  const fault = perennial.faultOf('signal', ownSignal(item)!, null, receivedAt, rules);
  return fault && { ...fault, pointer: `/data${fault.pointer}` };
}

/** From an extension attribute (its name in lower case), else from the data. */
function named(item: Item, ...names: readonly string[]): unknown {
  const data = object(item['data']);
  for (const name of names) {
    const value = item[name.toLowerCase()] ?? data[name];
    if (value !== undefined && value !== null) return value;
  }
  return null;
}

function attributesFault(item: Item): ItemFault | null {
  if (item['specversion'] !== '1.0') return { code: 'invalid_field', pointer: '/specversion', detail: 'must be 1.0' };
  for (const name of ['id', 'source', 'type']) {
    if (item[name] === undefined || item[name] === '') return { code: 'missing_field', pointer: `/${name}`, detail: 'is required by CloudEvents' };
    const fault = name === 'type' ? eventNameFault(item[name], '/type') : idFault(item[name], `/${name}`);
    if (fault) return fault;
  }
  // Room for the sender's own id before it.
  const length = String(item['source']).length;
  return length > maxSource ? { code: 'id_invalid', pointer: '/source', detail: `has ${length} characters: at most ${maxSource}` } : null;
}

function eventFault(item: Item): ItemFault | null {
  const [user, visitor, account] = [named(item, 'userId', 'personId'), named(item, 'anonymousId'), named(item, 'accountId', 'groupId')];
  const fault = idsFault([[user, '/userid'], [visitor, '/anonymousid'], [account, '/accountid']]) ?? personFault(user, '/userid', [[visitor, '/anonymousid']]);
  if (fault) return fault;
  return id(user) === null && id(visitor) === null && id(account) === null ? { code: 'identity_missing', pointer: '', detail: 'names neither userid, anonymousid nor accountid: give one as an extension attribute or in the data' } : null;
}

function eventMeaning(item: Item): Meaning {
  return {
    messageId: text(item['id']),
    original: parseInstant(item['time']),
    person: personOf(named(item, 'userId', 'personId'), null),
    anonymous: anonymousOf(named(item, 'anonymousId')),
    accountId: id(named(item, 'accountId', 'groupId')),
    formerly: [],
    accountTraits: null,
    product: null,
    mayCreate: false,
    signal: usage(String(item['type']), item['data']),
  };
}
