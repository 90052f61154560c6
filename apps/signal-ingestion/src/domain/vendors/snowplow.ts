import { anonymousOf, eventNameFault, id, idsFault, isItem, keysOf, object, personFault, personOf, personTopicKey, text, timeFault, usage } from './fields.js';
import type { ItemFault } from '../item-fault.js';
import { countValues, mostValues } from '../json-values.js';
import { pixelAnswer } from './pixel.js';
import type { Item, Meaning, ReadJson, Vendor, VendorRequest } from './vendor.js';

/** Fields that hold JSON, plain or in base64, and the name under which it is kept. */
const packed = [['ue_pr', 'event'], ['ue_px', 'event'], ['co', 'contexts'], ['cx', 'contexts']] as const;

/** Snowplow's tracker protocol, by POST and as a pixel. It knows no key: the app id stands for it. */
export const snowplow: Vendor = {
  name: 'snowplow',
  paths: [
    { path: '/com.snowplowanalytics.snowplow/tp2', call: null, decode: postedEvents },
    { path: '/i', method: 'GET', call: null, decode: ({ query, json }) => unpacked({ data: [query] }, JSON.stringify({ data: [query] }), json), answer: () => pixelAnswer },
  ],
  limits: { itemBytes: 32 * 1024, batchBytes: 4 * 1024 * 1024, batchItems: 2500 },
  tooLargeStatus: 413,
  success: 'ok',
  // When it was sent, which a repetition changes.
  transportFields: ['stm', 'aid'],

  itemsField: 'data',
  partOf: () => null,
  idOf: (item) => id(item['eid']),
  keysIn: ({ data }) => keysOf(data, (item) => [item['aid']]),
  /** A true timestamp is taken as it is. */
  sentAtOf: (_body, item) => {
    const sent = instant(item['stm']);
    return item['ttm'] !== undefined || sent === null || Math.abs(sent) > 8e15 ? null : new Date(sent).toISOString();
  },
  topicKeyOf: (item) => personTopicKey(item['uid'], item['duid']) ?? accountOf(item) ?? '',
  itemsOf({ data }) {
    if (!Array.isArray(data)) return { code: 'invalid_field', pointer: '/data', detail: 'must be an array of events' };
    return data.map((item: unknown) => ({ call: 'event', item }));
  },
  faultOf(_call, item, sentAt, receivedAt) {
    const fault = idsFault([[item['uid'], '/uid'], [item['duid'], '/duid'], [item['eid'], '/eid'], [accountOf(item), '/contexts']]) ?? personFault(item['uid'], '/uid', [[item['duid'], '/duid']]);
    if (fault) return fault;
    if (id(item['uid']) === null && id(item['duid']) === null && accountOf(item) === null) return { code: 'identity_missing', pointer: '', detail: 'names neither uid nor duid: set a user id' };
    const name = ['ttm', 'dtm'].find((time) => item[time] !== undefined);
    const original = name === undefined ? null : instant(item[name]);
    if (name !== undefined && original === null) return { code: 'timestamp_invalid', pointer: `/${name}`, detail: 'must be milliseconds since 1970' };
    return (original === null ? null : timeFault(original, `/${name}`, sentAt, receivedAt)) ?? kindFault(item);
  },
  meaningOf(_call, item): Meaning {
    return {
      messageId: id(item['eid']),
      original: instant(item['ttm'] ?? item['dtm']),
      person: personOf(item['uid'], null),
      anonymous: anonymousOf(item['duid']),
      accountId: accountOf(item),
      formerly: [],
      accountTraits: null,
      product: null,
      mayCreate: false,
      // A page ping says that the page is still open.
      signal: item['e'] === 'pp' ? null : usage(nameOf(item) ?? '', propertiesOf(item)),
    };
  },
};

function postedEvents(request: VendorRequest): ReadJson | ItemFault {
  const json = request.json();
  return 'code' in json || !isItem(json.value) ? json : unpacked(json.value, json.text, request.json);
}

/** Puts what the fields of an item hold as JSON beside them, as values: so it is checked and kept like all else. */
function unpacked(body: Item, bodyText: string, json: VendorRequest['json']): ReadJson | ItemFault {
  const { data } = body;
  if (!Array.isArray(data)) return { value: body, text: bodyText };
  let values = 0;
  for (const { text: inner } of data.flatMap((item: unknown) => packedIn(object(item)))) {
    values += countValues(inner);
    if (values > mostValues) return { code: 'too_large', pointer: '', detail: `the body holds more than ${mostValues} values: send it in parts` };
  }
  return { value: { ...body, data: data.map((item: unknown) => (isItem(item) ? unpackedItem(item, json) : item)) }, text: bodyText };
}

function unpackedItem(item: Item, json: VendorRequest['json']): Item {
  const found: Record<string, unknown> = {};
  for (const { name, text: inner } of packedIn(item)) {
    const read = json(inner);
    if (!('code' in read)) found[name] = read.value;
  }
  const rest = Object.fromEntries(Object.entries(item).filter(([field]) => !packed.some(([name, kept]) => name === field && kept in found)));
  return { ...rest, ...found };
}

/** The JSON texts in an item, and the names under which they are kept. */
function packedIn(item: Item): { name: string; text: string }[] {
  return packed.flatMap(([field, name]) => {
    const given = item[field];
    return typeof given === 'string' ? [{ name, text: field.endsWith('x') ? Buffer.from(given, 'base64url').toString('utf8') : given }] : [];
  });
}

function instant(value: unknown): number | null {
  const ms = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof ms === 'number' && Number.isSafeInteger(ms) ? ms : null;
}

/** A self-describing event is named by its schema, `iglu:com.acme/report_opened/jsonschema/1-0-0`; null: nothing names it. */
function nameOf(item: Item): string | null {
  switch (item['e']) {
    case 'ue':
      return text(object(object(item['event'])['data'])['schema'])?.split('/')[1] ?? null;
    case 'se':
      return text(item['se_ac']);
    case 'pv':
      return 'Viewed Page';
    default:
      return null;
  }
}

/** Transactions (`tr`, `ti`) tell of shops, not of use. */
function kindFault(item: Item): ItemFault | null {
  switch (item['e']) {
    case 'ue':
      return eventNameFault(nameOf(item), '/event/data/schema');
    case 'se':
      return eventNameFault(nameOf(item), '/se_ac');
    case 'pv':
    case 'pp':
      return null;
    case undefined:
      return { code: 'missing_field', pointer: '/e', detail: 'is required: send ue, se, pv or pp' };
    default:
      return { code: 'unknown_call', pointer: '/e', detail: 'is no event that is taken: send ue (self-describing), se (structured), pv (page view) or pp (page ping)' };
  }
}

function propertiesOf(item: Item): Item {
  if (item['e'] === 'ue') return object(object(object(item['event'])['data'])['data']);
  const fields = item['e'] === 'se' ? { category: 'se_ca', label: 'se_la', property: 'se_pr', value: 'se_va' } : { url: 'url', title: 'page', referrer: 'refr' };
  return Object.fromEntries(Object.entries(fields).flatMap(([name, field]) => (text(item[field]) === null ? [] : [[name, item[field]]])));
}

/** From an entity that names one. */
function accountOf(item: Item): string | null {
  const entities = object(item['contexts'])['data'];
  for (const entity of Array.isArray(entities) ? entities : []) {
    const data = object(object(entity)['data']);
    const account = id(data['accountId']) ?? id(data['account_id']) ?? id(data['groupId']);
    if (account !== null) return account;
  }
  return null;
}
