import type { ItemFault } from '../item-fault.js';
import { id, object, personTopicKey, text } from './fields.js';
import { segmentCalls, segmentFault, segmentMeaning, type Dialect } from './segment-calls.js';
import type { Item, Vendor } from './vendor.js';

const dialect: Dialect = { calls: segmentCalls, times: ['originalTimestamp', 'timestamp'] };

/** Its browser client names calls by their first letter. */
const letters = { track: 't', identify: 'i', page: 'p', screen: 's', group: 'g', alias: 'a' } as const;

/**
 * Segment's HTTP API (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/) and the SDKs
 * that speak it: paths, limits and answers are those its clients were built against.
 */
export const segment: Vendor = {
  name: 'segment',
  paths: [
    ...segmentCalls.flatMap((call) => [{ path: `/v1/${call}`, call }, { path: `/v1/${letters[call]}`, call }]),
    { path: '/v1/batch', call: null },
    { path: '/v1/b', call: null },
  ],
  settings: [
    {
      // The smallest answer that works names where to send to; on a 404 the client sends nothing at all.
      path: '/v1/projects/:writeKey/settings',
      body: (apiKey, address) => ({ integrations: { 'Segment.io': { apiKey, ...(address ? { apiHost: `${address.host}/v1`, protocol: address.protocol } : {}) } } }),
    },
  ],
  limits: { itemBytes: 32 * 1024, batchBytes: 512 * 1024, batchItems: 2500 },
  tooLargeStatus: 400,
  success: { success: true },
  transportFields: ['sentAt', 'receivedAt', 'writeKey', '_metadata'],

  itemsField: 'batch',
  partOf: () => null,
  idOf: (item) => id(item['messageId']),
  keysIn: (body) => [body['writeKey']],
  sentAtOf: (body) => text(body['sentAt']),
  topicKeyOf: segmentTopicKey,
  itemsOf: segmentItems,
  faultOf: (call, item, sentAt, receivedAt) => segmentFault(dialect, call, item, sentAt, receivedAt),
  meaningOf: (call, item) => segmentMeaning(dialect, call, item),
};

/** What a person does stays in order, be it known by a user id or as a visitor. */
export function segmentTopicKey(item: Item): string {
  return personTopicKey(item['userId'], item['anonymousId']) ?? id(object(item['context'])['groupId']) ?? '';
}

/** The calls of a batch; what the batch says of its context holds for each that has none. */
export function segmentItems(body: Item): readonly { call: string; item: unknown }[] | ItemFault {
  const { batch, context } = body;
  if (!Array.isArray(batch)) return { code: 'invalid_field', pointer: '/batch', detail: 'must be an array of calls' };
  return batch.map((item: unknown) => {
    const call = text(object(item)['type']) ?? '';
    const inherits = context !== undefined && typeof item === 'object' && item !== null && !Object.hasOwn(item, 'context');
    return { call, item: inherits ? { ...item, context } : item };
  });
}
