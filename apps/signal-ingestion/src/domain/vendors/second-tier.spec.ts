import { amplitude } from './amplitude.js';
import { mixpanel } from './mixpanel.js';
import { otlp } from './otlp.js';
import { posthog } from './posthog.js';
import { rudderstack } from './rudderstack.js';
import { segment } from './segment.js';
import { snowplow } from './snowplow.js';
import type { Item, Vendor } from './vendor.js';

const receivedAt = Date.UTC(2026, 2, 2, 9);
const at = Date.UTC(2026, 2, 2, 8);
const callOf = (vendor: Vendor, item: Item): string => {
  const items = vendor.itemsOf({ [vendor.itemsField]: [item] });
  return 'code' in items ? '' : items[0]!.call;
};
const read = (vendor: Vendor, item: Item) => vendor.meaningOf(callOf(vendor, item), item);
const fault = (vendor: Vendor, item: Item) => vendor.faultOf(callOf(vendor, item), item, vendor.sentAtOf({}, item), receivedAt, { currency: 'USD' });

describe('what the second tier of clients says', () => {
  it('Amplitude: events, identify and group identify', () => {
    expect(read(amplitude, { insert_id: 'i', event_type: 'Opened', user_id: 'u', device_id: 'd', time: at, groups: { company: ['acme'] }, event_properties: { pages: 3 } })).toMatchObject({ messageId: 'i', person: 'u', anonymous: 'anonymous:d', accountId: 'acme', original: at, signal: { kind: 'usage', data: { event: 'Opened', properties: { pages: 3 } } } });
    expect(read(amplitude, { event_type: '$identify', user_id: 'u', user_properties: { $set: { email: 'a@b.c' }, $setOnce: { name: 'A' } } }).signal).toMatchObject({ kind: 'person', data: { email: 'a@b.c', name: 'A' } });
    expect(read(amplitude, { event_type: '$groupidentify', groups: { company: 'acme' }, group_properties: { $set: { name: 'Acme' } } })).toMatchObject({ accountId: 'acme', accountTraits: { name: 'Acme' }, signal: null });
  });

  it('Amplitude: refusals in words after which its clients give up', () => {
    expect(amplitude.refusal!(401, { code: 'write_key_unknown', pointer: '', detail: 'no' })).toMatchObject({ status: 400, body: { code: 400, error: expect.stringMatching(/^Invalid API key/) } });
    expect(amplitude.refusal!(400, { code: 'invalid_json', pointer: '', detail: 'no' })).toMatchObject({ body: { code: 400, missing_field: 'invalid_json' } });
    expect(amplitude.refusal!(503, { code: 'unavailable', pointer: '', detail: 'no' })).toMatchObject({ status: 503, body: { code: 503 } });
  });

  it('Mixpanel: events, profiles, groups and aliases', () => {
    expect(read(mixpanel, { event: 'Opened', properties: { token: 't', distinct_id: 'u', $insert_id: 'i', time: at / 1000, company: 'acme', pages: 3, mp_lib: 'node' } })).toMatchObject({ messageId: 'i', person: 'u', accountId: 'acme', original: at, signal: { data: { event: 'Opened', properties: { company: 'acme', pages: 3 } } } });
    expect(read(mixpanel, { event: 'x', properties: { distinct_id: '$device:d', time: at } })).toMatchObject({ person: null, anonymous: 'anonymous:d', original: at });
    expect(read(mixpanel, { $distinct_id: 'u', $set: { $email: 'a@b.c', $first_name: 'Jo', $last_name: 'Lee' } })).toMatchObject({ person: 'u', signal: { kind: 'person', data: { email: 'a@b.c', name: 'Jo Lee' } } });
    expect(read(mixpanel, { $group_key: 'company', $group_id: 'acme', $set: { $name: 'Acme' } })).toMatchObject({ person: null, accountId: 'acme', accountTraits: { name: 'Acme' }, signal: null });
    expect(read(mixpanel, { event: '$create_alias', properties: { distinct_id: 'u', alias: 'old' } })).toMatchObject({ person: 'u', formerly: ['old', 'anonymous:old'], signal: null });
  });

  it('Snowplow: self-describing, structured and page views, the account from an entity', () => {
    const base = { eid: 'e', uid: 'u', duid: 'd', dtm: String(at), stm: String(at + 5000), contexts: { data: [{ data: {} }, { data: { accountId: 'acme' } }] } };
    expect(read(snowplow, { ...base, e: 'ue', event: { data: { schema: 'iglu:com.acme/report_opened/jsonschema/1-0-0', data: { pages: 3 } } } })).toMatchObject({ messageId: 'e', person: 'u', anonymous: 'anonymous:d', accountId: 'acme', original: at, signal: { data: { event: 'report_opened', properties: { pages: 3 } } } });
    expect(read(snowplow, { ...base, e: 'se', se_ca: 'reports', se_ac: 'open' }).signal).toMatchObject({ data: { event: 'open', properties: { category: 'reports' } } });
    expect(read(snowplow, { ...base, e: 'pv', page: 'Home' }).signal).toMatchObject({ data: { event: 'Viewed Page', properties: { title: 'Home' } } });
    expect(read(snowplow, { ...base, e: 'pp' }).signal).toBeNull();
    expect(snowplow.sentAtOf({}, base)).toBe(new Date(at + 5000).toISOString());
    expect(snowplow.sentAtOf({}, { ...base, ttm: String(at) })).toBeNull();
  });

  it('OpenTelemetry: records with an event name', () => {
    const record = { eventName: 'Opened', timeUnixNano: `${at}000000`, attributes: { 'enduser.id': 'u', 'account.id': 'acme', 'log.record.uid': 'r', pages: 3 }, resource: { 'service.name': 'app' } };
    expect(read(otlp, record)).toMatchObject({ messageId: 'r', person: 'u', accountId: 'acme', original: at, product: 'app', signal: { data: { event: 'Opened', properties: { pages: 3 } } } });
    expect(read(otlp, { attributes: { 'event.name': 'Opened' }, resource: { 'account.id': 'acme' } })).toMatchObject({ accountId: 'acme', signal: { data: { event: 'Opened' } } });
  });

  it.each([
    [{ resourceLogs: [[]] }, '/resourceLogs'], [{ resourceLogs: {} }, '/resourceLogs'], [{ resourceLogs: [{ scopeLogs: 'x' }] }, '/resourceLogs/0/scopeLogs'],
    [{ resourceLogs: [{}, { scopeLogs: [{}, 7] }] }, '/resourceLogs/1/scopeLogs'], [{ resourceLogs: [{ scopeLogs: [{ logRecords: {} }] }] }, '/resourceLogs/0/scopeLogs/0/logRecords'],
  ])('OpenTelemetry: %j is refused, for nothing would come of it', (value, pointer) => {
    expect(otlp.paths[0]!.decode!({ bytes: Buffer.alloc(0), contentType: '', query: {}, headers: {}, json: () => ({ value, text: '' }) })).toMatchObject({ code: 'invalid_field', pointer });
  });

  it.each<[Vendor, Item]>([[segment, { messageId: 7 }], [rudderstack, { messageId: 7 }], [posthog, { uuid: 7 }], [amplitude, { insert_id: 7 }], [mixpanel, { event: 'x', properties: { $insert_id: 7 } }], [otlp, { attributes: { 'log.record.uid': 7 } }]])('%# a number is an id too: what is sent again under it is known', (vendor, item) => {
    expect([vendor.idOf(item), vendor.meaningOf('track', item).messageId]).toEqual(['7', '7']);
  });

  it.each<[string, Vendor, Item, string, string]>([
    ['Amplitude without anybody', amplitude, { event_type: 'x' }, 'identity_missing', ''],
    ['Amplitude with a time in text', amplitude, { event_type: 'x', user_id: 'u', time: '2026' }, 'timestamp_invalid', '/time'],
    ['Amplitude with a group that is an object', amplitude, { event_type: 'x', user_id: 'u', groups: { company: {} } }, 'id_invalid', '/groups/company'],
    ['Mixpanel without anybody', mixpanel, { event: 'x', properties: {} }, 'identity_missing', '/distinct_id'],
    ['Mixpanel with a time in text', mixpanel, { event: 'x', properties: { distinct_id: 'u', time: 'soon' } }, 'timestamp_invalid', '/properties/time'],
    ['a Mixpanel group without id', mixpanel, { $group_key: 'company' }, 'missing_field', '/$group_id'],
    ['Snowplow without anybody', snowplow, { e: 'pv' }, 'identity_missing', ''],
    ['Snowplow with an event that cannot be read', snowplow, { e: 'ue', uid: 'u', ue_px: 'x' }, 'missing_field', '/event/data/schema'],
    ['Snowplow with an event of another kind', snowplow, { e: 'tr', uid: 'u' }, 'unknown_call', '/e'],
    ['Snowplow with no kind of event', snowplow, { uid: 'u' }, 'missing_field', '/e'],
    ['Snowplow with a structured event of no action', snowplow, { e: 'se', uid: 'u' }, 'missing_field', '/se_ac'],
    ['Snowplow with a time that is none', snowplow, { e: 'pv', uid: 'u', dtm: 'soon' }, 'timestamp_invalid', '/dtm'],
    ['an ordinary log record', otlp, { body: 'x', attributes: { 'enduser.id': 'u' } }, 'missing_field', '/eventName'],
    ['an event of nobody', otlp, { eventName: 'x', attributes: {} }, 'identity_missing', '/attributes'],
    ['a record from year 1000', otlp, { eventName: 'x', attributes: { 'enduser.id': 'u' }, timeUnixNano: '-5' }, 'timestamp_invalid', '/timeUnixNano'],
  ])('refuses %s', (_name, vendor, item, code, pointer) => {
    expect(fault(vendor, item)).toMatchObject({ code, pointer });
  });
});
