import type { ClientRequest } from '@perennial/testing/vendor-clients';
import { sourceIdOf } from '@perennial/signal-ingestion/domain/read-message';
import type { SignalRules } from '@perennial/signal-ingestion/domain/signal-rules';
import { isItem } from '@perennial/signal-ingestion/domain/vendors/fields';
import { perennial } from '@perennial/signal-ingestion/domain/vendors/perennial';
import type { Item as Body, Vendor, VendorRequest } from '@perennial/signal-ingestion/domain/vendors/vendor';
import { addresses, senderOf, vendorNamed } from '@perennial/signal-ingestion/domain/vendors/vendors';
import { hookSourceNamed } from '@perennial/signal-ingestion/domain/hooks/hook-sources';
import { checkItems } from '@perennial/signal-ingestion/edge/check-items';
import { HookMapper } from '@perennial/signal-ingestion/application/hooks/hook-mapper';
import { Mappings } from '@perennial/signal-ingestion/application/hooks/mappings';
import { readJson, readJsonText, unpackBody } from '@perennial/signal-ingestion/edge/read-body';
import { clientRequests } from '../load/client-requests.js';
import { foreignSource, type Load } from '../load/load.js';
import type { Item, ItemOf } from '../load/plan.js';

/** An item as the front door reads it, before the consumer does. */
export interface ReadItem {
  readonly item: Item;
  readonly vendor: Vendor;
  readonly call: string;
  readonly body: Body;
  readonly sentAt: string | null;
  readonly sourceId: string;
}

export const rules: SignalRules = { currency: 'USD' };
const mostBytes = 4 * 1024 * 1024;
const mapper = new HookMapper(new Mappings());

/** Reads what an item is sent as with the cores of the front door. Throws where they refuse it, or find another id: the harness sends what is right. */
export async function readItem(item: Item, load: Load, writeKey: string, sourceId: string): Promise<ReadItem> {
  const read = await readAs(item, load, writeKey, sourceId);
  if (read.vendor.idOf(read.body) !== item.id) throw new Error(`the front door reads the id ${read.vendor.idOf(read.body)} in what was sent as ${item.id} to ${read.vendor.name}`);
  return { item, ...read };
}

async function readAs(item: Item, load: Load, writeKey: string, sourceId: string): Promise<Omit<ReadItem, 'item'>> {
  switch (item.door) {
    case 'signals':
      return { vendor: perennial, call: 'signal', body: item.body, sentAt: null, sourceId };
    case 'foreign':
      return { vendor: perennial, call: 'signal', body: item.body, sentAt: null, sourceId: foreignSource };
    case 'clients':
      return readRequest(clientRequests(item.client, [item], writeKey)[0]!.request, sourceId);
    case 'hooks':
      return readHook(item, load.hooks.get(item.system)!.id);
  }
}

async function readRequest({ path, headers = {}, body }: ClientRequest, sender: string): Promise<Omit<ReadItem, 'item'>> {
  const { pathname, searchParams } = new URL(path, 'http://edge');
  const { served } = addresses.find((one) => one.path === pathname && one.method === (body === undefined ? 'GET' : 'POST'))!;
  const bytes = right(await unpackBody(Buffer.from(body ?? ''), headers['content-encoding'], mostBytes));
  const request: VendorRequest = { bytes, headers, contentType: headers['content-type'] ?? '', query: Object.fromEntries(searchParams), json: (text) => (text === undefined ? readJson(bytes) : readJsonText(text)) };
  const { path: early } = senderOf(served, request, null);
  const json = right(early.decode ? early.decode(request) : request.json());
  const { vendor, path: { call } } = senderOf(served, request, isItem(json.value) ? json.value : {});
  const [checked] = right(checkItems({ vendor, call, json, receivedAt: Date.now(), rules }));
  if (!checked || checked.fault) throw new Error(`the harness sent what cannot be taken: ${path} ${JSON.stringify(checked)}`);
  const part = vendor.partOf(checked.item);
  return { vendor, call: checked.call, body: checked.item as Body, sentAt: checked.sentAt, sourceId: part === null ? sender : sourceIdOf(sender, part) };
}

async function readHook({ system, payload }: ItemOf<'hooks'>, endpointId: string): Promise<Omit<ReadItem, 'item'>> {
  const request = { method: 'POST', body: Buffer.from(JSON.stringify(payload)), headers: {}, query: {}, urls: [] };
  const events = right(await mapper.map({ id: endpointId, source: hookSourceNamed(system)!, settings: {} }, request));
  const signals = events.flatMap(({ signals: made }) => made);
  if (signals.length !== 1) throw new Error(`the harness sent a webhook of ${system} that becomes ${signals.length} signals: ${JSON.stringify(events)}`);
  return { vendor: vendorNamed(system)!, call: 'signal', body: signals[0] as unknown as Body, sentAt: null, sourceId: endpointId };
}

/** What was read, unless it was refused. */
function right<T extends object>(read: T): Exclude<T, { code: string }> {
  if ('code' in read) throw new Error(`the harness sent what cannot be read: ${JSON.stringify(read)}`);
  return read as Exclude<T, { code: string }>;
}
