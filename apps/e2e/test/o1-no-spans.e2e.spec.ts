import { randomBytes } from 'node:crypto';
import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { dayAfter, System, until } from './system.js';

await describeOnBothLogs('O1: a trace where no spans are kept', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const endsOn = dayAfter(start, 300);
  let system: System;
  let receiver: Receiver;
  const cancel = (accountId: string, headers: Record<string, string> = {}) => {
    const data = { contractId: `${accountId}-c1`, status: 'cancel_scheduled', startsOn: dayAfter(start, -200), endsOn, arrMinor: 12_000_000, currency: 'USD' };
    return system.call('POST', '/api/v1/signals', { signals: [{ id: `${accountId}-notice`, kind: 'contract', accountId, data }] }, headers);
  };

  beforeAll(async () => {
    receiver = await Receiver.start();
    system = await System.start({ kafka: log.brokers, now: start.toISOString(), env: { OTEL_TRACES_EXPORTER: 'none' } });
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
    for (const accountId of ['o1-off', 'o1-new']) await system.signals(prepareAccount(accountId, start, { endsOn }).signals);
    await system.settle();
  }, 60_000);
  afterAll(async () => {
    await system?.stop();
    await receiver?.stop();
  }, 30_000);

  it('hands the caller’s trace on to the webhook as it is, its sampling decision included', async () => {
    const traceparent = `00-${randomBytes(16).toString('hex')}-00f067aa0ba902b7-01`;
    await cancel('o1-off', { traceparent });
    const call = await until('the webhook', async () => receiver.calls.find(({ body }) => body.data['accountId'] === 'o1-off'));
    expect(call.traceparent).toBe(traceparent);
  }, 30_000);

  it('gives a call without a trace one of its own', async () => {
    await cancel('o1-new');
    const call = await until('the webhook', async () => receiver.calls.find(({ body }) => body.data['accountId'] === 'o1-new'));
    expect(call.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  }, 30_000);
});
