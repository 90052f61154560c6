import { servedAt, type Sent } from './take-request.js';
import type { Served } from '../../src/domain/vendors/vendors.js';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A body that is taken, and how it travels: mutations of it come near every branch of a parser. */
export interface Sample {
  readonly served: Served;
  readonly body: Json;
  readonly carry: (body: Json) => Sent;
}

const plain = (body: Json): Sent => ({ body: Buffer.from(JSON.stringify(body)) });
const base64 = (body: Json): string => Buffer.from(JSON.stringify(body)).toString('base64');

const segment = { messageId: 'm1', userId: 'u1', anonymousId: 'b1', timestamp: '2026-03-02T08:00:00Z', context: { groupId: 'acme', traits: { email: 'a@b.c', company: { id: 1, name: 'Acme' } } } };
const calls: Json[] = [
  { ...segment, type: 'track', event: 'Opened', properties: { pages: 3 } }, { ...segment, type: 'identify', traits: { email: 'a@b.c', name: 'A' } }, { ...segment, type: 'page', name: 'Home' },
  { ...segment, type: 'group', groupId: 'acme', traits: { name: 'Acme' } }, { ...segment, type: 'alias', previousId: 'u0' },
];
const posthogEvents: Json[] = [
  { uuid: 'e1', event: 'Opened', distinct_id: 'u1', timestamp: '2026-03-02T08:00:00Z', properties: { $groups: { company: 'acme' }, $device_id: 'd1', $is_identified: true, pages: 3, token: 'k' } },
  { uuid: 'e2', event: '$identify', distinct_id: 'u1', offset: 5, $set: { email: 'a@b.c' }, $set_once: { name: 'A' }, properties: { $anon_distinct_id: 'd1', $insert_id: 'i' } },
  { uuid: 'e3', event: '$groupidentify', distinct_id: '$company_acme', properties: { $group_type: 'company', $group_key: 'acme', $group_set: { name: 'A' } } },
  { uuid: 'e4', event: '$create_alias', distinct_id: 'u1', properties: { alias: 'x' } }, { uuid: 'e5', event: '$screen', distinct_id: 'u1', properties: { $screen_name: 'Home' } },
];
const cloudEvent = { specversion: '1.0', id: '1', source: '/s', type: 'opened', time: '2026-03-02T08:00:00Z', accountid: 'acme', userid: 'u', data: { pages: 3, anonymousId: 'b' } };
const ownEvent = { specversion: '1.0', id: '1', source: '/s', type: 'perennial.signal.ticket.v1', data: { accountId: 'acme', personId: 'u', data: { ticketId: '1', status: 'opened', priority: 'urgent' } } };
const attributes = (given: Record<string, Json>): Json => Object.entries(given).map(([key, value]) => ({ key, value }));
const logs = {
  resourceLogs: [
    {
      resource: { attributes: attributes({ 'service.name': { stringValue: 'app' } }) },
      scopeLogs: [{ logRecords: [{ timeUnixNano: '1772438400000000000', eventName: 'Opened', body: { stringValue: 'x' }, attributes: attributes({ 'enduser.id': { stringValue: 'u' }, 'account.id': { stringValue: 'acme' }, 'log.record.uid': { stringValue: 'r1' }, list: { arrayValue: { values: [{ intValue: '3' }] } }, map: { kvlistValue: { values: [{ key: 'a', value: { doubleValue: 1 } }] } } }) }] }],
    },
  ],
};
const amplitudeEvents: Json[] = [
  { insert_id: 'i1', event_type: 'Opened', user_id: 'u', device_id: 'd', time: 1772438400000, groups: { company: ['acme'] }, event_properties: { pages: 3 } },
  { insert_id: 'i2', event_type: '$identify', user_id: 'u', user_properties: { $set: { email: 'a@b.c' } } }, { insert_id: 'i3', event_type: '$groupidentify', groups: { company: 'acme' }, group_properties: { $set: { name: 'A' } } },
];
const mixpanelItems: Json[] = [
  { event: 'Opened', properties: { token: 'k', distinct_id: 'u', $insert_id: 'i', time: 1772438400, company: 'acme', $device_id: 'd' } }, { $token: 'k', $distinct_id: 'u', $set: { $email: 'a@b.c', $name: 'A' } },
  { $token: 'k', $group_key: 'company', $group_id: 'acme', $set: { name: 'A' } }, { event: '$create_alias', properties: { distinct_id: 'u', alias: 'v' } }, { event: '$identify', properties: { distinct_id: '$device:d', $anon_id: 'x' } },
];
const snowplowEvent = { e: 'ue', eid: 'e1', aid: 'k', uid: 'u', duid: 'd', dtm: '1772438400000', stm: '1772438401000' };
const inner = { data: { schema: 'iglu:com.acme/opened/jsonschema/1-0-0', data: { pages: 3 } } };
const contexts = { data: [{ schema: 'iglu:com.acme/account/jsonschema/1-0-0', data: { accountId: 'acme' } }] };

const sample = (vendor: string, path: string, body: Json, carry: (body: Json) => Sent = plain): Sample => ({ served: servedAt(path, vendor), body, carry });
const texts = (body: Json): Record<string, string> => Object.fromEntries(Object.entries(body as Record<string, Json>).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));

export const samples: readonly Sample[] = [
  sample('segment', '/v1/batch', { batch: calls, sentAt: '2026-03-02T08:00:01Z', context: { library: { name: 'x' } } }),
  sample('segment', '/v1/t', calls[0]!),
  sample('rudderstack', '/v1/batch', { batch: [{ ...(calls[0] as object), originalTimestamp: '2026-03-02T08:00:00Z', sentAt: '2026-03-02T08:00:01Z' }, { type: 'merge', mergeProperties: [{ type: 'email', value: 'a@b.c' }, { type: 'userId', value: 'u' }] }] }),
  sample('rudderstack', '/pixel/v1/track', { userId: 'u', event: 'Opened', properties: { pages: 3 }, context: { groupId: 'acme' } }, (body) => ({ query: texts(body) })),
  sample('posthog', '/batch/', { api_key: 'k', sent_at: '2026-03-02T08:00:01Z', batch: posthogEvents }),
  sample('posthog', '/e/', posthogEvents, (body) => ({ body: Buffer.from(`data=${encodeURIComponent(base64(body))}`) })),
  sample('posthog', '/i/v1/analytics/events', { created_at: '2026-03-02T08:00:01Z', batch: posthogEvents }),
  sample('cloudevents', '/v1/events', [cloudEvent, ownEvent]),
  sample('cloudevents', '/v1/events', cloudEvent, (body) => {
    const { data = null, ...rest } = body as Record<string, Json>;
    return { headers: Object.fromEntries(Object.entries(texts(rest)).map(([name, value]) => [`ce-${name}`, value])), body: Buffer.from(JSON.stringify(data)) };
  }),
  sample('otlp', '/v1/logs', logs),
  sample('amplitude', '/2/httpapi', { api_key: 'k', client_upload_time: '2026-03-02T08:00:01Z', events: amplitudeEvents }),
  sample('mixpanel', '/track', mixpanelItems, (body) => ({ query: { data: base64(body), verbose: '1' } })),
  sample('mixpanel', '/engage', mixpanelItems[1]!, (body) => ({ body: Buffer.from(`data=${encodeURIComponent(JSON.stringify(body))}`) })),
  sample('snowplow', '/com.snowplowanalytics.snowplow/tp2', { data: [{ ...snowplowEvent, ue_pr: '{}' }, { ...snowplowEvent, e: 'se', se_ac: 'a', se_ca: 'c' }, { ...snowplowEvent, e: 'pv', ttm: '1772438400000' }, { ...snowplowEvent, e: 'pp' }] }),
  sample('snowplow', '/i', { ...snowplowEvent, event: inner, contexts }, (body) => {
    const { event = null, contexts: entities = null, ...rest } = body as Record<string, Json>;
    return { query: { ...texts(rest), ue_px: base64(event), co: JSON.stringify(entities) } };
  }),
];
