import { createHash } from 'node:crypto';
import { resolvedSignalSchema, signalKinds } from '@perennial/contracts/signal';
import { faultOf } from '@perennial/contracts/validator';
import type { ItemFault } from '../../src/domain/item-fault.js';
import { readMessage } from '../../src/domain/read-message.js';
import { isItem } from '../../src/domain/vendors/fields.js';
import type { Item, ItemResult, VendorRequest } from '../../src/domain/vendors/vendor.js';
import { addresses, type Served } from '../../src/domain/vendors/vendors.js';
import { checkItems, type CheckedItem } from '../../src/edge/check-items.js';
import { readJson, readJsonText } from '../../src/edge/read-body.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const rules = { currency: 'USD' };
const published = new Map(signalKinds.map((kind) => [kind, resolvedSignalSchema(kind)]));

export interface Sent {
  readonly body?: Buffer;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const servedAt = (path: string, vendor: string): Served => addresses.flatMap(({ served }) => served).find((one) => one.path.path === path && one.vendor.name === vendor)!;

/** What the edge does with an unpacked request before it asks the log, without the network around it. */
export function edgeTakes({ vendor, path }: Served, { body = Buffer.alloc(0), query = {}, headers = {} }: Sent): readonly CheckedItem[] | ItemFault {
  const asked: VendorRequest = { bytes: body, contentType: headers['content-type'] ?? '', query, headers, json: (text) => (text === undefined ? readJson(body) : readJsonText(text)) };
  const json = path.decode ? path.decode(asked) : asked.json();
  if ('code' in json) return json;
  const value = isItem(json.value) ? json.value : {};
  vendor.sent?.(asked, value);
  vendor.keysIn(value, query);
  const checked = checkItems({ vendor, call: path.call, json, receivedAt, rules });
  if ('code' in checked) return checked;
  const results = checked.map(({ id, fault, item }): ItemResult => {
    if (fault === null && typeof vendor.topicKeyOf(item as Item) !== 'string') throw new Error('a topic key must be text');
    return { id, fault };
  });
  path.answer?.(results, asked);
  return checked;
}

/** Why the consumer could not read an item that the edge took, or not publish what it says; null: it can do both. */
export function consumerFault({ vendor }: Served, { call, json, sentAt }: CheckedItem): unknown {
  const message = { at: 0, sourceId: 'source', fallbackId: 'given', call, body: JSON.parse(json!) as Item, sentAt, receivedAt };
  const read = readMessage(message, vendor, rules, (text) => createHash('sha256').update(text).digest('hex'));
  if ('code' in read) return read;
  const { messageId, clamped, occurredAt, meaning: { person, accountId, product, signal } } = read;
  const record = {
    id: messageId, kind: signal?.kind ?? 'usage', accountId: accountId ?? 'acme', personId: person, occurredAt: new Date(occurredAt).toISOString(), receivedAt: new Date(receivedAt).toISOString(),
    sourceId: 'source', product, clamped, data: signal?.data ?? { event: 'none' }, version: 1,
  };
  return faultOf(published.get(record.kind)!, record);
}
