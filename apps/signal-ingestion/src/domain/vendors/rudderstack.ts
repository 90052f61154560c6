import type { ItemFault } from '../item-fault.js';
import { id, isItem, object, text } from './fields.js';
import { pixelAnswer } from './pixel.js';
import { segmentItems, segmentTopicKey } from './segment.js';
import { segmentCalls, segmentFault, segmentMeaning, type Dialect } from './segment-calls.js';
import type { Item, ReadJson, Vendor, VendorRequest } from './vendor.js';

const calls = [...segmentCalls, 'merge'] as const;

/** A `timestamp` is there only when the caller set it, and then it is the event's time. */
const dialect: Dialect = { calls, times: ['timestamp', 'originalTimestamp'] };

const maxBytes = 4 * 1024 * 1024;

/** RudderStack's HTTP API and SDKs: Segment's calls at Segment's addresses, under other limits and with other answers. */
export const rudderstack: Vendor = {
  name: 'rudderstack',
  paths: [...calls.map((call) => ({ path: `/v1/${call}`, call })), { path: '/v1/batch', call: null }, { path: '/beacon/v1/batch', call: null }, ...(['track', 'page'] as const).map((call) => ({ method: 'GET' as const, path: `/pixel/v1/${call}`, call, decode: pixelCall, answer: () => pixelAnswer }))],
  settings: ['/sourceConfig', '/sourceConfig/'].map((path) => ({
    path,
    body: (writeKey: string) => ({ source: { id: 'perennial', name: 'Perennial', writeKey, enabled: true, workspaceId: 'perennial', destinations: [], config: {} } }),
  })),
  limits: { itemBytes: 32 * 1024, batchBytes: maxBytes, batchItems: 2500 },
  tooLargeStatus: 413,
  success: 'OK',
  transportFields: ['sentAt', 'receivedAt', 'writeKey', '_metadata'],

  /** Its browser and phone clients send AnonymousId; every client says originalTimestamp, which Segment's do not: the older of those for Node names itself as its own does. */
  sent({ headers }, body) {
    if (headers['anonymousid'] !== undefined) return true;
    if (body === null) return headers['user-agent']?.startsWith('analytics-node/') === true;
    const first: unknown = Array.isArray(body['batch']) ? body['batch'][0] : body;
    return isItem(first) && (first['originalTimestamp'] !== undefined || first['type'] === 'merge');
  },

  itemsField: 'batch',
  partOf: () => null,
  idOf: (item) => id(item['messageId']),
  keysIn: (body, query) => [query['writeKey'], body['writeKey']],
  sentAtOf: (body, item) => (text(item['timestamp']) === null ? (text(item['sentAt']) ?? text(body['sentAt'])) : null),
  topicKeyOf: (item: Item) => segmentTopicKey(item) || mergeTopicKey(item),
  itemsOf: segmentItems,
  faultOf: (call, item, sentAt, receivedAt) => segmentFault(dialect, call, item, sentAt, receivedAt),
  meaningOf: (call, item) => segmentMeaning(dialect, call, item),
};

function mergeTopicKey(item: Item): string {
  const given = item['mergeProperties'];
  return (Array.isArray(given) && id(object(given[0])['value'])) || '';
}

/** A call in a query: objects are JSON, the rest is text. */
function pixelCall({ query, json }: VendorRequest): ReadJson | ItemFault {
  const fields: [string, unknown][] = [];
  for (const [name, value] of Object.entries(query)) {
    const read = ['properties', 'context', 'traits'].includes(name) ? json(value) : { value };
    if ('code' in read) return { ...read, pointer: `/${name}`, detail: 'is no JSON' };
    if (name !== 'writeKey') fields.push([name, read.value]);
  }
  const value = Object.fromEntries(fields);
  return { value, text: JSON.stringify(value) };
}
