import { parseInstant } from '../event-time.js';
import { anonymousKey, personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { accountGroupFault, accountGroupOf, anonymousOf, eventNameFault, id, idsFault, instantFault, isAccountGroup, isItem, keysOf, object, objectsFault, personData, personFault, text, traitsFault, usage } from './fields.js';
import { formField, jsonOrBase64 } from './form-body.js';
import type { Item, ItemResult, Meaning, ReadJson, Vendor, VendorPath, VendorRequest } from './vendor.js';

/** Both spellings are in use. */
const withSlash = (path: string): string[] => [path, `${path}/`];

/** Its browser client loses events on 429 and sends them again on 503, as posthog-js 1.449 was seen to. */
const browserPaths = ['/e', '/i/v0/e'].flatMap(withSlash).map((path): VendorPath => ({ path, call: null, decode: eventsOf, busyStatus: 503 }));
const otherPaths = ['/batch', '/capture'].flatMap(withSlash).map((path): VendorPath => ({ path, call: null, decode: eventsOf }));

/** Events about the page or the client, not of use of the product. */
const noUse = new Set(['$pageleave', '$feature_flag_called', '$web_vitals', '$exception', '$opt_in', '$performance_event', '$rageclick', '$dead_click', '$$heatmap', '$groupidentify', '$create_alias', '$merge_dangerously']);

/** PostHog's capture endpoints, old and new, and the SDKs that speak to them. */
export const posthog: Vendor = {
  name: 'posthog',
  paths: [...browserPaths, ...otherPaths, { path: '/i/v1/analytics/events', call: null, decode: eventsOf, answer: (results) => ({ body: { results: resultsById(results) } }) }],
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 2500 },
  // posthog-node sends a batch again in halves.
  tooLargeStatus: 413,
  success: { status: 'Ok' },
  transportFields: ['api_key', 'token', 'sent_at', 'offset'],

  itemsField: 'batch',
  partOf: () => null,
  idOf: (item) => id(item['uuid']) ?? id(propertiesOf(item)['$insert_id']),
  keysIn: (body) => [body['api_key'], body['token'], ...keysOf(body['batch'], (item) => [item['api_key'], item['token'], propertiesOf(item)['token']])],
  sentAtOf: (body, item) => (ageOf(item) === null ? (text(body['sent_at']) ?? text(body['created_at']) ?? text(item['sent_at'])) : new Date(ageClock).toISOString()),
  topicKeyOf: (item) => {
    const { person, anonymous } = whoOf(item);
    return person ?? anonymous ?? '';
  },
  itemsOf({ batch }) {
    if (!Array.isArray(batch)) return { code: 'invalid_field', pointer: '/batch', detail: 'must be an array of events' };
    return batch.map((item: unknown) => ({ call: 'capture', item }));
  },
  faultOf: (_call, item, sentAt, receivedAt) => identityFault(item) ?? instantFault(item['timestamp'], '/timestamp', sentAt, receivedAt) ?? contentFault(item),
  meaningOf: (_call, item) => meaningOf(item),
};

/** A batch, an array of events or one event; as JSON, or in the field `data` of a form, plain or in base64. */
function eventsOf(request: VendorRequest): ReadJson | ItemFault {
  const data = formField(request, 'data');
  const json = data === null ? request.json() : jsonOrBase64(request, data);
  if ('code' in json) return json;
  if (Array.isArray(json.value)) return { value: { batch: json.value }, text: `{"batch":${json.text}}` };
  if (!isItem(json.value) || Object.hasOwn(json.value, 'batch')) return json;
  return { value: { batch: [json.value] }, text: `{"batch":[${json.text}]}` };
}

/** What its newest endpoint answers, by the id of each event. */
function resultsById(results: readonly ItemResult[]): Record<string, unknown> {
  return Object.fromEntries(results.flatMap(({ id: uuid, fault }) => (uuid === null ? [] : [[uuid, fault === null ? { result: 'ok' } : { result: 'drop', details: `${fault.code}: ${fault.pointer} ${fault.detail}` }]])));
}

const propertiesOf = (item: Item): Item => object(item['properties']);
const distinctIdOf = (item: Item): string | null => id(item['distinct_id']) ?? id(propertiesOf(item)['distinct_id']);

/** Older clients tell the age of an event, in ms, and no time: both instants are put on a clock of their own. */
const ageClock = Date.UTC(2000, 0, 1);
function ageOf(item: Item): number | null {
  const { offset } = item;
  return typeof offset === 'number' && offset >= 0 && offset < 1e12 && (item['timestamp'] ?? null) === null ? offset : null;
}

/** A browser names the visitor's device as long as it does not know the person. */
function whoOf(item: Item): { person: string | null; anonymous: string | null } {
  const properties = propertiesOf(item);
  const distinct = distinctIdOf(item);
  const device = id(properties['$device_id']);
  if (distinct === null || ofAGroup(item, distinct)) return { person: null, anonymous: null };
  const unknown = properties['$is_identified'] !== true && id(properties['$user_id']) === null && (device === distinct || properties['$process_person_profile'] === false);
  return unknown ? { person: null, anonymous: anonymousKey(distinct) } : { person: personKey(distinct), anonymous: anonymousOf(device) };
}

/** `$groupidentify` of a server names nobody, but the group once more: `$company_acme`. */
function ofAGroup(item: Item, distinct: string): boolean {
  const { $group_type: type, $group_key: key } = propertiesOf(item);
  return item['event'] === '$groupidentify' && distinct === `$${text(type) ?? ''}_${id(key) ?? ''}`;
}

function accountOf(item: Item): string | null {
  const properties = propertiesOf(item);
  if (item['event'] === '$groupidentify' && isAccountGroup(properties['$group_type'])) return id(properties['$group_key']);
  return accountGroupOf(object(properties['$groups']));
}

/** What an event says about its person: at its top (browser) or in its properties (server). */
function traitsOf(item: Item): Item {
  const properties = propertiesOf(item);
  return { ...object(properties['$set_once']), ...object(item['$set_once']), ...object(properties['$set']), ...object(item['$set']) };
}

function meaningOf(item: Item): Meaning {
  const { event } = item;
  const properties = propertiesOf(item);
  const age = ageOf(item);
  const identifies = event === '$identify' || event === '$set';
  const former = event === '$identify' ? id(properties['$anon_distinct_id']) : id(properties['alias']);
  return {
    messageId: posthog.idOf(item),
    original: age === null ? parseInstant(item['timestamp']) : ageClock - age,
    ...whoOf(item),
    accountId: accountOf(item),
    formerly: former !== null && (event === '$identify' || joins(event)) ? [personKey(former), anonymousKey(former)] : [],
    accountTraits: event === '$groupidentify' && isAccountGroup(properties['$group_type']) ? object(properties['$group_set']) : null,
    product: null,
    mayCreate: identifies,
    signal: identifies ? { kind: 'person', data: personData(traitsOf(item)) } : noUse.has(String(event)) ? null : usage(usageName(item), ownProperties(properties)),
  };
}

const joins = (event: unknown): boolean => event === '$create_alias' || event === '$merge_dangerously';

function usageName(item: Item): string {
  if (item['event'] === '$pageview') return 'Viewed Page';
  const screen = text(propertiesOf(item)['$screen_name']);
  return item['event'] === '$screen' ? `Viewed ${screen === null ? '' : `${screen.slice(0, 180)} `}Screen` : String(item['event']);
}

/** Without what the client adds by itself. */
function ownProperties(properties: Item): Item {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith('$') && name !== 'token' && name !== 'distinct_id'));
}

function identityFault(item: Item): ItemFault | null {
  const properties = propertiesOf(item);
  const fault = idsFault([
    [item['uuid'], '/uuid'], [item['distinct_id'], '/distinct_id'], [properties['distinct_id'], '/properties/distinct_id'], [properties['$device_id'], '/properties/$device_id'],
    [properties['$anon_distinct_id'], '/properties/$anon_distinct_id'], [properties['$group_key'], '/properties/$group_key'], [joins(item['event']) ? properties['alias'] : null, '/properties/alias'],
    [id(item['uuid']) === null ? properties['$insert_id'] : null, '/properties/$insert_id'],
  ]) ?? accountGroupFault(object(properties['$groups']), '/properties/$groups');
  if (fault) return fault;
  const distinct = distinctIdOf(item);
  if (distinct === null) return { code: 'identity_missing', pointer: '/distinct_id', detail: 'is required: say whose event it is' };
  if (joins(item['event']) && id(properties['alias']) === null) return { code: 'missing_field', pointer: '/properties/alias', detail: 'is required: an alias joins it to distinct_id' };
  const visitors = [[distinct, '/distinct_id'], [properties['$device_id'], '/properties/$device_id'], [properties['$anon_distinct_id'], '/properties/$anon_distinct_id'], [properties['alias'], '/properties/alias']] as const;
  return personFault(distinct, '/distinct_id', visitors);
}

function contentFault(item: Item): ItemFault | null {
  const fault = eventNameFault(item['event'], '/event') ?? objectsFault([[item['properties'], '/properties'], [item['$set'], '/$set'], [item['$set_once'], '/$set_once']]);
  return fault ?? (item['event'] === '$identify' || item['event'] === '$set' ? traitsFault(traitsOf(item), '/properties/$set') : null);
}
