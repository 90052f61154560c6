import { anonymousKey, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { accountGroupOf, eventNameFault, id, idsFault, isAccountGroup, keysOf, object, objectsFault, personData, personFault, timeFault, traitsFault, usage } from './fields.js';
import { formField, jsonOrBase64 } from './form-body.js';
import type { Answer, Item, ItemResult, Meaning, ReadJson, Vendor, VendorPath, VendorRequest } from './vendor.js';

const paths = ['/track', '/engage', '/groups'].flatMap((path) => [path, `${path}/`]).flatMap((path): VendorPath[] => (['GET', 'POST'] as const).map((method) => ({ method, path, call: null, decode: itemsOfRequest, answer: answerOf })));

/** A visitor's distinct_id as the newer clients write it. */
const device = '$device:';

/** Mixpanel's /track, /engage and /groups: the item says by its fields what it is. */
export const mixpanel: Vendor = {
  name: 'mixpanel',
  paths,
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 2000 },
  tooLargeStatus: 413,
  success: '1',
  transportFields: [],

  itemsField: 'items',
  partOf: () => null,
  idOf: (item) => id(propertiesOf(item)['$insert_id']),
  keysIn: ({ items }) => keysOf(items, (item) => [propertiesOf(item)['token'], item['$token']]),
  sentAtOf: () => null,
  topicKeyOf: (item) => {
    const { person, anonymous } = whoOf(item);
    return person ?? anonymous ?? id(item['$group_id']) ?? '';
  },
  itemsOf({ items }) {
    if (!Array.isArray(items)) return { code: 'invalid_field', pointer: '', detail: 'must be an event, a profile or an array of them' };
    return items.map((item: unknown) => ({ call: callOf(object(item)), item }));
  },
  faultOf: (call, item, _sentAt, receivedAt) => identityFault(call, item) ?? timeOfFault(item, receivedAt) ?? contentFault(call, item),
  meaningOf: (call, item) => meaningOf(call, item),
};

/** JSON or base64, in the query, in a form or as the body; one item or an array of them. */
function itemsOfRequest(request: VendorRequest): ReadJson | ItemFault {
  const data = request.bytes.length === 0 ? (request.query['data'] ?? '') : formField(request, 'data');
  const json = data === null ? request.json() : jsonOrBase64(request, data);
  if ('code' in json) return json;
  return Array.isArray(json.value) ? { value: { items: json.value }, text: `{"items":${json.text}}` } : { value: { items: [json.value] }, text: `{"items":[${json.text}]}` };
}

/** `1` for taken, `0` for not; with `verbose=1` also why. */
function answerOf(results: readonly ItemResult[], { query }: VendorRequest): Answer {
  const refused = results.find(({ fault }) => fault !== null)?.fault;
  const taken = refused === undefined || results.some(({ fault }) => fault === null);
  if (query['verbose'] !== '1') return { body: taken ? '1' : '0' };
  return { body: { status: taken ? 1 : 0, error: refused ? `${refused.pointer} ${refused.detail}` : null } };
}

const callOf = (item: Item): string => (item['$group_key'] !== undefined ? 'groups' : item['event'] === undefined ? 'engage' : 'track');
const propertiesOf = (item: Item): Item => object(item['properties']);
const distinctIdOf = (item: Item): unknown => item['$distinct_id'] ?? propertiesOf(item)['distinct_id'];
const timeOf = (item: Item): unknown => (item['event'] === undefined ? item['$time'] : propertiesOf(item)['time']);

function whoOf(item: Item): { person: string | null; anonymous: string | null } {
  const properties = propertiesOf(item);
  const distinct = id(distinctIdOf(item));
  const visitor = id(properties['$device_id']) ?? (distinct?.startsWith(device) ? distinct.slice(device.length) : null);
  const person = id(properties['$user_id']) ?? (distinct === null || distinct.startsWith(device) ? null : distinct);
  return { person: person === null ? null : personKey(person), anonymous: visitor === null ? null : anonymousKey(visitor) };
}

/** Seconds or milliseconds since 1970; seconds lie below the year 2286 as milliseconds lie above 1973. */
function milliseconds(time: unknown): number | null {
  if (typeof time !== 'number' || !Number.isFinite(time)) return null;
  return Math.trunc(Math.abs(time) < 1e11 ? time * 1000 : time);
}

/** The other id that an event says its person is known by. */
function formerOf(item: Item): string | null {
  const properties = propertiesOf(item);
  return item['event'] === '$create_alias' ? id(properties['alias']) : item['event'] === '$identify' ? id(properties['$anon_id']) : null;
}

function traitsOf(item: Item): Item {
  const set = { ...object(item['$set_once']), ...object(item['$set']) };
  const known = { email: set['$email'], name: set['$name'], firstName: set['$first_name'], lastName: set['$last_name'] };
  return { ...set, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}

function meaningOf(call: string, item: Item): Meaning {
  const former = formerOf(item);
  const properties = propertiesOf(item);
  const isAccount = call === 'groups' && isAccountGroup(item['$group_key']);
  const own = () => Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith('$') && !['token', 'distinct_id', 'time', 'mp_lib'].includes(name)));
  const quiet = call !== 'track' || ['$create_alias', '$identify', '$merge'].includes(String(item['event']));
  return {
    messageId: id(properties['$insert_id']),
    original: milliseconds(timeOf(item)),
    ...whoOf(item),
    accountId: isAccount ? id(item['$group_id']) : accountGroupOf(properties),
    formerly: former === null ? [] : [personKey(former), anonymousKey(former)],
    accountTraits: isAccount ? traitsOf(item) : null,
    product: null,
    mayCreate: call === 'engage',
    signal: call === 'engage' ? { kind: 'person', data: personData(traitsOf(item)) } : quiet ? null : usage(String(item['event']), own()),
  };
}

function identityFault(call: string, item: Item): ItemFault | null {
  const properties = propertiesOf(item);
  const [distinct, former] = [distinctIdOf(item), formerOf(item)];
  const fault = idsFault([
    [distinct, '/distinct_id'], [properties['$user_id'], '/properties/$user_id'], [properties['$device_id'], '/properties/$device_id'], [former, '/properties'],
    [properties['$insert_id'], '/properties/$insert_id'], [item['$group_id'], '/$group_id'], [accountGroupOf(properties), '/properties'],
  ]);
  if (fault) return fault;
  const { person, anonymous } = whoOf(item);
  if (call === 'groups') return id(item['$group_id']) === null ? { code: 'missing_field', pointer: '/$group_id', detail: 'is required: say which group' } : null;
  if (person === null && anonymous === null) return { code: 'identity_missing', pointer: '/distinct_id', detail: 'is required: say whose it is' };
  return personFault(person, '/distinct_id', [[anonymous?.slice('anonymous:'.length), '/distinct_id'], [former, '/properties']]);
}

function timeOfFault(item: Item, receivedAt: number): ItemFault | null {
  const [time, pointer] = [timeOf(item), item['event'] === undefined ? '/$time' : '/properties/time'];
  if (time === undefined || time === null) return null;
  const original = milliseconds(time);
  return original === null ? { code: 'timestamp_invalid', pointer, detail: 'must be seconds or milliseconds since 1970, as a number' } : timeFault(original, pointer, null, receivedAt);
}

function contentFault(call: string, item: Item): ItemFault | null {
  const fault = (call === 'track' ? eventNameFault(item['event'], '/event') : null) ?? objectsFault([[item['properties'], '/properties'], [item['$set'], '/$set'], [item['$set_once'], '/$set_once']]);
  return fault ?? (call === 'engage' ? traitsFault(traitsOf(item), '/$set') : null);
}
