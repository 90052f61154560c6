import { gzipSync } from 'node:zlib';

/** One event: what each client puts where it has a place for it. */
export interface ClientEvent {
  readonly id: string;
  /** Its name. */
  readonly event: string;
  readonly iso: string;
  readonly ms: number;
  readonly user: string;
  /** Null: the client says nothing of it. */
  readonly account: string | null;
}

/** A request as it goes out, header names in lower case. */
export interface ClientRequest {
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** None: a GET. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const segmentCall = ({ id, event, iso, user, account }: ClientEvent) => ({ type: 'track', messageId: id, userId: user, event, timestamp: iso, context: { groupId: account } });
const rudderCall = <Call extends { timestamp: string }>({ timestamp, ...call }: Call) => ({ ...call, originalTimestamp: timestamp });
const posthogEvent = ({ id, event, iso, user, account }: ClientEvent) => ({ uuid: id, event, distinct_id: user, timestamp: iso, properties: { $groups: { company: account } } });
const cloudEvent = ({ id, event, iso, user, account }: ClientEvent) => ({ specversion: '1.0', id, source: '/e2e', type: event, time: iso, accountid: account, userid: user });
const logRecord = ({ id, event, ms, user, account }: ClientEvent) => ({ eventName: event, timeUnixNano: `${ms}000000`, attributes: Object.entries({ 'log.record.uid': id, 'enduser.id': user, 'account.id': account }).map(([key, stringValue]) => ({ key, value: { stringValue } })) });
const amplitudeEvent = ({ id, event, ms, user, account }: ClientEvent) => ({ insert_id: id, event_type: event, user_id: user, time: ms, groups: { company: account } });
const mixpanelEvent = ({ id, event, ms, user, account }: ClientEvent, token: string) => ({ event, properties: { token, $insert_id: id, distinct_id: user, time: ms, company: account } });
const snowplowEvent = ({ id, event, ms, user, account }: ClientEvent, aid: string) => ({ e: 'se', se_ca: 'reports', se_ac: event, eid: id, aid, uid: user, ttm: String(ms), co: JSON.stringify({ data: [{ schema: 'iglu:x/account/jsonschema/1-0-0', data: { accountId: account } }] }) });

const json = (value: unknown): string => JSON.stringify(value);
const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();
const zipped = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(json(value)));
const basic = (key: string): Record<string, string> => ({ authorization: `Basic ${btoa(`${key}:`)}` });
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** The requests of each client, in the forms that were seen on the wire. */
export const clients: Readonly<Record<string, (given: readonly ClientEvent[], key: string) => readonly ClientRequest[]>> = {
  'segment-node': (given, key) => [{ path: '/v1/batch', headers: basic(key), body: json({ batch: given.map(segmentCall) }) }],
  'segment-browser': (given, key) => given.map((one) => ({ path: '/v1/t', headers: { 'content-type': 'text/plain' }, body: json({ ...segmentCall(one), writeKey: key }) })),
  'segment-browser-batching': (given, key) => [{ path: '/v1/b', headers: { 'content-type': 'text/plain' }, body: json({ batch: given.map(segmentCall), writeKey: key }) }],
  'rudderstack-node': (given, key) => [{ path: '/v1/batch', headers: { ...basic(key), 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }, body: zipped({ batch: given.map(segmentCall).map(rudderCall) }) }],
  'rudderstack-browser': (given, key) => given.map((one) => ({ path: '/v1/track', headers: basic(key), body: json(rudderCall(segmentCall(one))) })),
  'rudderstack-beacon': (given, key) => [{ path: `/beacon/v1/batch?writeKey=${key}`, headers: { 'content-type': 'text/plain' }, body: json({ batch: given.map(segmentCall).map(rudderCall) }) }],
  'rudderstack-pixel': (given, key) => given.map((one) => ({ path: `/pixel/v1/track?${query({ writeKey: key, userId: one.user, event: one.event, messageId: one.id, originalTimestamp: one.iso, context: json({ groupId: one.account }) })}` })),
  'posthog-node': (given, key) => [{ path: '/batch/', headers: { 'content-encoding': 'gzip' }, body: zipped({ api_key: key, batch: given.map(posthogEvent) }) }],
  'posthog-node-v1': (given, key) => [{ path: '/i/v1/analytics/events', headers: bearer(key), body: json({ batch: given.map(posthogEvent) }) }],
  'posthog-browser': (given, key) => [{ path: '/e/?compression=gzip-js', headers: { 'content-type': 'text/plain' }, body: zipped(given.map((one) => ({ ...posthogEvent(one), api_key: key }))) }],
  'cloudevents-binary': (given, key) => given.map((one) => ({ path: '/v1/events', headers: { ...bearer(key), 'content-type': 'application/json', ...Object.fromEntries(Object.entries(cloudEvent(one)).flatMap(([name, value]) => (value === null ? [] : [[`ce-${name}`, value]]))) }, body: '{}' })),
  'cloudevents-structured': (given, key) => given.map((one) => ({ path: `/v1/events?key=${key}`, headers: { 'content-type': 'application/cloudevents+json' }, body: json(cloudEvent(one)) })),
  'cloudevents-batch': (given, key) => [{ path: '/v1/events', headers: { ...bearer(key), 'content-type': 'application/cloudevents-batch+json' }, body: json(given.map(cloudEvent)) }],
  'otlp-json': (given, key) => [{ path: '/v1/logs', headers: { ...bearer(key), 'content-encoding': 'gzip' }, body: zipped({ resourceLogs: [{ scopeLogs: [{ logRecords: given.map(logRecord) }] }] }) }],
  'amplitude-node': (given, key) => [{ path: '/2/httpapi', body: json({ api_key: key, events: given.map(amplitudeEvent) }) }],
  'mixpanel-get': (given, key) => given.map((one) => ({ path: `/track?${query({ data: btoa(json(mixpanelEvent(one, key))) })}` })),
  'mixpanel-batch': (given, key) => [{ path: '/track', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `data=${encodeURIComponent(btoa(json(given.map((one) => mixpanelEvent(one, key)))))}` }],
  'snowplow-post': (given, key) => [{ path: '/com.snowplowanalytics.snowplow/tp2', body: json({ data: given.map((one) => snowplowEvent(one, key)) }) }],
  'snowplow-get': (given, key) => given.map((one) => ({ path: `/i?${query(snowplowEvent(one, key))}` })),
};

/** A person who comes to an account, with what is said about the account. */
export interface ClientGroup extends ClientEvent {
  readonly account: string;
  readonly traits: Readonly<Record<string, string>>;
}

const groupCall = ({ id, iso, user, account, traits }: ClientGroup) => ({ type: 'group', messageId: id, userId: user, groupId: account, traits, timestamp: iso });
const posthogGroup = ({ traits, ...one }: ClientGroup) => ({ ...posthogEvent(one), event: '$groupidentify', properties: { $group_type: 'company', $group_key: one.account, $group_set: traits } });
const amplitudeGroup = ({ traits, ...one }: ClientGroup) => ({ ...amplitudeEvent(one), event_type: '$groupidentify', group_properties: { $set: traits } });

/** The same for group calls, of those clients whose group calls have an id of their own. */
export const groupClients: Readonly<Record<string, (given: readonly ClientGroup[], key: string) => readonly ClientRequest[]>> = {
  'segment-node, group': (given, key) => [{ path: '/v1/batch', headers: basic(key), body: json({ batch: given.map(groupCall) }) }],
  'rudderstack-browser, group': (given, key) => given.map((one) => ({ path: '/v1/group', headers: basic(key), body: json(rudderCall(groupCall(one))) })),
  'posthog-browser, group': (given, key) => [{ path: '/e/?compression=gzip-js', headers: { 'content-type': 'text/plain' }, body: zipped(given.map((one) => ({ ...posthogGroup(one), api_key: key }))) }],
  'amplitude-node, group': (given, key) => [{ path: '/2/httpapi', body: json({ api_key: key, events: given.map(amplitudeGroup) }) }],
};
