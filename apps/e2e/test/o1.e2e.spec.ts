import { Analytics } from '@segment/analytics-node';
import { randomBytes } from 'node:crypto';
import { describeOnBothLogs } from './both-logs.js';
import { OtlpRecorder, type RecordedSpan } from './otlp-recorder.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { dayAfter, System, until } from './system.js';

const start = new Date('2026-03-02T08:00:00Z');
const endsOn = dayAfter(start, 300);
const newTrace = () => randomBytes(16).toString('hex');
const cancelled = (accountId: string) => ({
  id: `${accountId}-notice`, kind: 'contract', accountId, data: { contractId: `${accountId}-c1`, status: 'cancel_scheduled', startsOn: dayAfter(start, -200), endsOn, arrMinor: 12_000_000, currency: 'USD' },
});

/** Each step of the main job, by the consumer group that takes it. */
const steps = [
  ['signal-ingestion.telemetry', 'process perennial.telemetry.v1'],
  ['health-scoring.signals', 'process perennial.signals.v1'],
  ['renewal-forecasting.signals', 'process perennial.signals.v1'],
  ['renewal-forecasting.health', 'process perennial.health.v1'],
  ['playbook-orchestration.risk-changes', 'process perennial.risk-changes.v1'],
  ['notifications.risk-changes', 'process perennial.risk-changes.v1'],
] as const;
const group = (span: RecordedSpan) => span.attributes['messaging.consumer.group.name'];
const stepsOf = (spans: readonly RecordedSpan[]) => steps.filter(([name, span]) => spans.some((one) => one.kind === 'consumer' && one.name === span && group(one) === name));

await describeOnBothLogs('O1: one trace from the HTTP request to the notification', (log) => {
  let system: System;
  let recorder: OtlpRecorder;
  let receiver: Receiver;
  const webhookOf = (accountId: string) => until(`the webhook about ${accountId}`, async () => receiver.calls.find((call) => call.body.data['accountId'] === accountId));
  const wholeTrace = (traceId: string) => until(`the whole trace ${traceId}`, async () => {
    const spans = recorder.of(traceId);
    return stepsOf(spans).length === steps.length && spans.some(({ kind }) => kind === 'client') && spans;
  }).catch(() => recorder.of(traceId));
  const prepare = async (accountId: string) => {
    await system.signals(prepareAccount(accountId, start, { endsOn }).signals);
    await system.settle();
    expect(receiver.calls.filter((call) => call.body.data['accountId'] === accountId)).toEqual([]);
  };

  beforeAll(async () => {
    recorder = await OtlpRecorder.start();
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString(), env: recorder.env });
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
    await recorder?.stop();
  }, 30_000);

  it('continues the trace of a caller of POST /api/v1/signals through every service to the webhook', async () => {
    await prepare('o1-api');
    const traceId = newTrace();
    const answer = await system.call('POST', '/api/v1/signals', { signals: [cancelled('o1-api')] }, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    expect(answer.body).toMatchObject({ accepted: 1 });
    const call = await webhookOf('o1-api');
    const spans = await wholeTrace(traceId);
    expect(stepsOf(spans)).toEqual(steps);

    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const [gateway, edge] = ['gateway', 'signal-ingestion'].map((service) => spans.find(({ kind, attributes }) => kind === 'server' && attributes['service.name'] === service));
    expect(gateway).toMatchObject({ parentSpanId: '00f067aa0ba902b7', attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 } });
    expect(edge).toMatchObject({ name: 'POST /api/v1/signals', parentSpanId: gateway!.spanId, attributes: { 'http.route': '/api/v1/signals', 'url.scheme': 'http' } });
    const send = spans.find(({ kind }) => kind === 'producer');
    expect(send).toMatchObject({ name: 'send perennial.telemetry.v1', parentSpanId: edge!.spanId, attributes: { 'messaging.operation.type': 'send', 'messaging.destination.name': 'perennial.telemetry.v1' } });

    // The receiver's own spans become children of the request that we made.
    const client = spans.find(({ kind }) => kind === 'client');
    expect(client).toMatchObject({ name: 'POST', attributes: { 'server.address': '127.0.0.1', 'http.response.status_code': 204 } });
    expect(call.traceparent).toBe(`00-${traceId}-${client!.spanId}-01`);
    const path: unknown[] = [];
    for (let span = byId.get(client!.parentSpanId ?? ''); span; span = byId.get(span.parentSpanId ?? '')) path.push(group(span) ?? span.name);
    expect(path).toEqual(['notifications.risk-changes', 'health-scoring.signals', 'signal-ingestion.telemetry', 'send perennial.telemetry.v1', 'POST /api/v1/signals', gateway!.name]);
    for (const span of spans.filter(({ kind }) => kind === 'consumer')) {
      expect(span.attributes).toMatchObject({ 'messaging.system': 'perennial', 'messaging.operation.type': 'process', 'messaging.destination.partition.id': expect.stringMatching(/^\d+$/), 'messaging.kafka.offset': expect.any(Number) });
    }
  }, 60_000);

  it('begins a trace at the Segment SDK’s request, and the webhook is in it', async () => {
    await prepare('o1-sdk');
    const analytics = new Analytics({ writeKey: system.ready.writeKey, host: system.ready.url, flushAt: 1, flushInterval: 100 });
    analytics.identify({ userId: 'o1-sdk-sponsor', traits: { company: { name: 'Somewhere Else' } }, context: { groupId: 'o1-sdk' } });
    await analytics.closeAndFlush({ timeout: 10_000 });
    const call = await webhookOf('o1-sdk');
    const traceId = call.traceparent!.split('-')[1]!;
    const spans = await wholeTrace(traceId);
    expect(stepsOf(spans)).toEqual(steps);
    const [server] = spans.filter(({ kind }) => kind === 'server');
    expect(server).toMatchObject({ name: 'POST /v1/batch', parentSpanId: null, attributes: { 'service.name': 'signal-ingestion', 'http.route': '/v1/batch', 'http.response.status_code': 200 } });
  }, 60_000);

  it('goes on with the trace of a signal whose person had no account yet, once there is one', async () => {
    const send = (path: string, body: object, traceId: string) => system.call('POST', path, body, { authorization: `Bearer ${system.ready.writeKey}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const [early, late] = [newTrace(), newTrace()];
    await send('/v1/track', { anonymousId: 'o1-nobody', event: 'Opened' }, early);
    await system.settle();
    expect(stepsOf(recorder.of(early)).map(([name]) => name)).not.toContain('health-scoring.signals');
    await send('/v1/group', { userId: 'o1-somebody', anonymousId: 'o1-nobody', groupId: 'o1-waited' }, late);

    const scored = await until('the scorer', async () => recorder.of(early).find((span) => group(span) === 'health-scoring.signals'));
    const taken = recorder.of(early).find((span) => group(span) === 'signal-ingestion.telemetry');
    expect(scored.parentSpanId).toBe(taken!.spanId);
  }, 60_000);

  it('keeps records of different traces apart that come in one batch', async () => {
    const accounts = Array.from({ length: 24 }, (_, i) => `o1-many-${i}`);
    const traceOf = new Map(accounts.map((accountId) => [accountId, newTrace()]));
    await Promise.all(accounts.map((accountId) => system.call('POST', '/api/v1/signals', { signals: [cancelled(accountId)] }, { traceparent: `00-${traceOf.get(accountId)}-00f067aa0ba902b7-01` })));
    const calls = await Promise.all(accounts.map(webhookOf));
    expect(calls.map((call) => call.traceparent?.split('-')[1])).toEqual(accounts.map((accountId) => traceOf.get(accountId)));
    await Promise.all([...traceOf.values()].map(wholeTrace));

    // The spans of one chunk point to it: on each topic at least one chunk held records of several of these traces.
    const own = new Set(traceOf.values());
    for (const topic of ['perennial.telemetry.v1', 'perennial.signals.v1']) {
      const tracesOfChunk = new Map<string, Set<string>>();
      for (const { kind, name, traceId, links } of recorder.spans) {
        if (kind !== 'consumer' || name !== `process ${topic}` || !own.has(traceId)) continue;
        for (const chunk of links) tracesOfChunk.set(chunk, (tracesOfChunk.get(chunk) ?? new Set()).add(traceId));
      }
      expect(Math.max(0, ...[...tracesOfChunk.values()].map((traces) => traces.size))).toBeGreaterThan(1);
    }
    // Each step once in every trace: nothing of another account's.
    for (const traceId of own) {
      const consumers = recorder.of(traceId).filter(({ kind }) => kind === 'consumer');
      for (const [name, span] of steps.filter(([, topic]) => topic !== 'process perennial.health.v1')) expect(consumers.filter((one) => one.name === span && group(one) === name)).toHaveLength(1);
    }
  }, 90_000);
});
