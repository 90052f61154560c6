import { gzipSync } from 'node:zlib';
import { describeOnBothLogs } from './both-logs.js';
import { daysAfter, System } from './system.js';

/** Enough for eight whole weeks of an account, on whichever weekday its weeks begin. */
const days = 70;

/** One event: what each client puts where it has a place for it. */
interface Given {
  readonly id: string;
  readonly iso: string;
  readonly ms: number;
  readonly user: string;
  readonly account: string;
}

interface Sent {
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** None: a GET. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const segmentCall = ({ id, iso, user, account }: Given) => ({ type: 'track', messageId: id, userId: user, event: 'Opened', timestamp: iso, context: { groupId: account } });
const rudderCall = ({ timestamp, ...call }: ReturnType<typeof segmentCall>) => ({ ...call, originalTimestamp: timestamp });
const posthogEvent = ({ id, iso, user, account }: Given) => ({ uuid: id, event: 'Opened', distinct_id: user, timestamp: iso, properties: { $groups: { company: account } } });
const cloudEvent = ({ id, iso, user, account }: Given) => ({ specversion: '1.0', id, source: '/e2e', type: 'opened', time: iso, accountid: account, userid: user });
const logRecord = ({ id, ms, user, account }: Given) => ({ eventName: 'Opened', timeUnixNano: `${ms}000000`, attributes: Object.entries({ 'log.record.uid': id, 'enduser.id': user, 'account.id': account }).map(([key, stringValue]) => ({ key, value: { stringValue } })) });
const amplitudeEvent = ({ id, ms, user, account }: Given) => ({ insert_id: id, event_type: 'Opened', user_id: user, time: ms, groups: { company: account } });
const mixpanelEvent = ({ id, ms, user, account }: Given, token: string) => ({ event: 'Opened', properties: { token, $insert_id: id, distinct_id: user, time: ms, company: account } });
const snowplowEvent = ({ id, ms, user, account }: Given, aid: string) => ({ e: 'se', se_ca: 'reports', se_ac: 'open', eid: id, aid, uid: user, ttm: String(ms), co: JSON.stringify({ data: [{ schema: 'iglu:x/account/jsonschema/1-0-0', data: { accountId: account } }] }) });

const json = (value: unknown): string => JSON.stringify(value);
const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();
const zipped = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(json(value)));
const basic = (key: string): Record<string, string> => ({ authorization: `Basic ${btoa(`${key}:`)}` });
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** The requests of each client, in the forms that were seen on the wire. */
const clients: Readonly<Record<string, (given: readonly Given[], key: string) => readonly Sent[]>> = {
  'segment-node': (given, key) => [{ path: '/v1/batch', headers: basic(key), body: json({ batch: given.map(segmentCall) }) }],
  'segment-browser': (given, key) => given.map((one) => ({ path: '/v1/t', headers: { 'content-type': 'text/plain' }, body: json({ ...segmentCall(one), writeKey: key }) })),
  'segment-browser-batching': (given, key) => [{ path: '/v1/b', headers: { 'content-type': 'text/plain' }, body: json({ batch: given.map(segmentCall), writeKey: key }) }],
  'rudderstack-node': (given, key) => [{ path: '/v1/batch', headers: { ...basic(key), 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }, body: zipped({ batch: given.map(segmentCall).map(rudderCall) }) }],
  'rudderstack-browser': (given, key) => given.map((one) => ({ path: '/v1/track', headers: basic(key), body: json(rudderCall(segmentCall(one))) })),
  'rudderstack-beacon': (given, key) => [{ path: `/beacon/v1/batch?writeKey=${key}`, headers: { 'content-type': 'text/plain' }, body: json({ batch: given.map(segmentCall).map(rudderCall) }) }],
  'rudderstack-pixel': (given, key) => given.map((one) => ({ path: `/pixel/v1/track?${query({ writeKey: key, userId: one.user, event: 'Opened', messageId: one.id, originalTimestamp: one.iso, context: json({ groupId: one.account }) })}` })),
  'posthog-node': (given, key) => [{ path: '/batch/', headers: { 'content-encoding': 'gzip' }, body: zipped({ api_key: key, batch: given.map(posthogEvent) }) }],
  'posthog-node-v1': (given, key) => [{ path: '/i/v1/analytics/events', headers: bearer(key), body: json({ batch: given.map(posthogEvent) }) }],
  'posthog-browser': (given, key) => [{ path: '/e/?compression=gzip-js', headers: { 'content-type': 'text/plain' }, body: zipped(given.map((one) => ({ ...posthogEvent(one), api_key: key }))) }],
  'cloudevents-binary': (given, key) => given.map((one) => ({ path: '/v1/events', headers: { ...bearer(key), 'content-type': 'application/json', ...Object.fromEntries(Object.entries(cloudEvent(one)).map(([name, value]) => [`ce-${name}`, value])) }, body: '{}' })),
  'cloudevents-structured': (given, key) => given.map((one) => ({ path: `/v1/events?key=${key}`, headers: { 'content-type': 'application/cloudevents+json' }, body: json(cloudEvent(one)) })),
  'cloudevents-batch': (given, key) => [{ path: '/v1/events', headers: { ...bearer(key), 'content-type': 'application/cloudevents-batch+json' }, body: json(given.map(cloudEvent)) }],
  'otlp-json': (given, key) => [{ path: '/v1/logs', headers: { ...bearer(key), 'content-encoding': 'gzip' }, body: zipped({ resourceLogs: [{ scopeLogs: [{ logRecords: given.map(logRecord) }] }] }) }],
  'amplitude-node': (given, key) => [{ path: '/2/httpapi', body: json({ api_key: key, events: given.map(amplitudeEvent) }) }],
  'mixpanel-get': (given, key) => given.map((one) => ({ path: `/track?${query({ data: btoa(json(mixpanelEvent(one, key))) })}` })),
  'mixpanel-batch': (given, key) => [{ path: '/track', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `data=${encodeURIComponent(btoa(json(given.map((one) => mixpanelEvent(one, key)))))}` }],
  'snowplow-post': (given, key) => [{ path: '/com.snowplowanalytics.snowplow/tp2', body: json({ data: given.map((one) => snowplowEvent(one, key)) }) }],
  'snowplow-get': (given, key) => given.map((one) => ({ path: `/i?${query(snowplowEvent(one, key))}` })),
};

await describeOnBothLogs('S1: what each client sends to the one origin moves its account\'s usage measure', (log) => {
  let system: System;
  const now = '2026-03-02T12:00:00.000Z';
  const instants = Array.from({ length: days }, (_, i) => daysAfter(now, i - days));

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now });
    const { url, writeKey } = system.ready;
    for (const [name, requestsOf] of Object.entries(clients)) {
      const given = instants.map((iso, i): Given => ({ id: `${name}-${i}`, iso, ms: Date.parse(iso), user: `u-${name}`, account: `s1-${name}` }));
      for (const { path, headers = {}, body } of requestsOf(given, writeKey)) {
        // Twice: a client that heard no answer sends again.
        for (let turn = 0; turn < 2; turn++) {
          const answer = await fetch(url + path, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
          const text = await answer.text();
          if (answer.status !== 200 || answer.headers.has('x-rejected-count')) throw new Error(`${name}: ${answer.status} ${text}`);
        }
      }
    }
    await system.settle();
  }, 90_000);
  afterAll(() => system?.stop(), 30_000);

  it.each(Object.keys(clients))('%s', async (name) => {
    const rows = await system.list<{ occurredAt: string }>(`/api/v1/accounts/s1-${name}/signals?kind=usage&limit=100`);
    expect(rows.map(({ occurredAt }) => occurredAt).sort()).toEqual(instants);
    const { measures } = await system.get<{ measures: { id: string; state: string; value: number | null }[] }>(`/api/v1/accounts/s1-${name}/health`);
    expect(measures.find(({ id }) => id === 'usage_level')).toMatchObject({ state: 'ok', value: 1 });
  });
});
