import { personKey } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { accountGroupFault, accountGroupOf, anonymousOf, eventNameFault, id, idsFault, object, objectsFault, personData, personFault, personTopicKey, text, timeFault, traitsFault, usage } from './fields.js';
import type { Item, Meaning, Vendor } from './vendor.js';

/** Amplitude's HTTP API V2. Its clients look at `code` in the body, and try anything again that they cannot read. */
export const amplitude: Vendor = {
  name: 'amplitude',
  paths: [{ path: '/2/httpapi', call: null, answer: (results) => ({ body: { code: 200, events_ingested: results.filter(({ fault }) => fault === null).length } }) }],
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 2000 },
  tooLargeStatus: 413,
  success: null,
  transportFields: ['event_id', 'library'],

  itemsField: 'events',
  partOf: () => null,
  idOf: (item) => id(item['insert_id']),
  keysIn: (body) => [body['api_key']],
  sentAtOf: (body) => text(body['client_upload_time']),
  topicKeyOf: (item) => personTopicKey(item['user_id'], item['device_id']) ?? accountOf(item) ?? '',
  /** A 400 is given up at once where it names a field, and a key where it says that it is invalid; else it is tried eight times. */
  refusal(status, { code, detail }) {
    if (status === 401) return { status: 400, body: { code: 400, error: `Invalid API key: ${detail}` } };
    return { status, body: { code: status, error: detail, ...(status === 400 ? { missing_field: code } : {}) } };
  },
  itemsOf({ events }) {
    if (!Array.isArray(events)) return { code: 'invalid_field', pointer: '/events', detail: 'must be an array of events' };
    return events.map((item: unknown) => ({ call: 'event', item }));
  },
  faultOf(_call, item, sentAt, receivedAt) {
    const { time } = item;
    if (time !== undefined && time !== null && !Number.isSafeInteger(time)) return { code: 'timestamp_invalid', pointer: '/time', detail: 'must be whole milliseconds since 1970' };
    return identityFault(item) ?? (typeof time === 'number' ? timeFault(time, '/time', sentAt, receivedAt) : null) ?? contentFault(item);
  },
  meaningOf(_call, item): Meaning {
    const type = item['event_type'];
    const identifies = type === '$identify';
    return {
      messageId: id(item['insert_id']),
      original: typeof item['time'] === 'number' ? item['time'] : null,
      person: id(item['user_id']) === null ? null : personKey(id(item['user_id'])!),
      anonymous: anonymousOf(item['device_id']),
      accountId: accountOf(item),
      formerly: [],
      accountTraits: type === '$groupidentify' ? setBy(item['group_properties']) : null,
      product: null,
      mayCreate: identifies,
      signal: identifies ? { kind: 'person', data: personData(setBy(item['user_properties'])) } : type === '$groupidentify' ? null : usage(String(type), item['event_properties']),
    };
  },
};

const accountOf = (item: Item): string | null => accountGroupOf(object(item['groups']));

/** Properties by operation (`{"$set": {..}}`), or set plainly. */
function setBy(properties: unknown): Item {
  const given = object(properties);
  const operations = Object.keys(given).some((name) => name.startsWith('$'));
  return operations ? { ...object(given['$setOnce']), ...object(given['$set']) } : given;
}

function identityFault(item: Item): ItemFault | null {
  const fault = idsFault([[item['user_id'], '/user_id'], [item['device_id'], '/device_id'], [item['insert_id'], '/insert_id']]) ?? accountGroupFault(object(item['groups']), '/groups');
  if (fault) return fault;
  if (id(item['user_id']) === null && id(item['device_id']) === null && !(item['event_type'] === '$groupidentify' && accountOf(item) !== null)) return { code: 'identity_missing', pointer: '', detail: 'names neither user_id nor device_id: give at least one' };
  return personFault(item['user_id'], '/user_id', [[item['device_id'], '/device_id']]);
}

function contentFault(item: Item): ItemFault | null {
  const fault = eventNameFault(item['event_type'], '/event_type') ?? objectsFault([[item['event_properties'], '/event_properties'], [item['user_properties'], '/user_properties'], [item['group_properties'], '/group_properties']]);
  return fault ?? (item['event_type'] === '$identify' ? traitsFault(setBy(item['user_properties']), '/user_properties/$set') : null);
}
