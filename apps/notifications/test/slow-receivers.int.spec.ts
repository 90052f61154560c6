import { jest } from '@jest/globals';
import { riskChangesTopic } from '@perennial/contracts/topics';
import { Clock } from '@perennial/service-kit/clock';
import { testEventLog } from '@perennial/testing/event-log';
import { startTestService, type TestService } from '@perennial/testing/service';
import { notifications } from '../src/service.js';
import { eventually } from './eventually.js';
import { riskChange } from './risk-change.js';
import { answers, Sink } from './sink.js';

jest.setTimeout(30_000);
const scopes = ['notifications:read', 'notifications:write', 'operate'] as const;
const changes = (count: number, version = 1) => Array.from({ length: count }, (_, i) => riskChange(`acme-${i}`, version));

class MovableClock extends Clock {
  aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }
}

interface Delivery {
  state: string;
  attempts: { status: number | null; error: string | null; ms: number }[];
}

describe('receivers that take their time', () => {
  let service: TestService;
  let timeoutMs = '2000';
  const start = async (more: Parameters<typeof startTestService>[1] = {}) =>
    (service = await startTestService(notifications, { env: { ALLOW_PRIVATE_WEBHOOKS: 'true', WEBHOOK_TIMEOUT_MS: timeoutMs }, ...more }));
  const register = async (sink: Sink) => (await service.request<{ id: string }>('POST', '/api/v1/webhook-endpoints', { scopes, body: { url: sink.url } })).body.id;
  const deliveries = async (endpointId: string) => (await service.request<{ data: Delivery[] }>('GET', `/api/v1/deliveries?endpointId=${endpointId}`, { scopes })).body.data;

  afterEach(async () => {
    await service.stop();
    await Sink.stopAll();
    timeoutMs = '2000';
  });

  it('one that hangs holds nobody else up, and no more than its own few places', async () => {
    timeoutMs = '4000';
    await start();
    const [hanging, well] = [await Sink.start(), await Sink.start()];
    const [bad, good] = [await register(hanging), await register(well)];
    hanging.answer = answers.hang;
    const startedAt = performance.now();
    await service.publish(riskChangesTopic, changes(20));
    await eventually('all deliveries to the healthy one', async () => (await deliveries(good)).filter(({ state }) => state === 'delivered').length === 20);
    // Well before the first of the others has timed out.
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    expect(hanging.calls).toHaveLength(8);
    expect((await deliveries(bad)).every(({ state, attempts }) => state === 'pending' && attempts.length === 0)).toBe(true);
    await service.settle();
    const attempts = (await deliveries(bad)).flatMap((delivery) => delivery.attempts);
    // The first four of the eight to time out may each have given their place to another; the fifth opens the circuit.
    expect(attempts.length).toBeLessThanOrEqual(12);
    expect(attempts[0]).toMatchObject({ status: null, error: 'no answer within 4000 ms' });
  });

  it('a new event does not wait for requests that hang', async () => {
    timeoutMs = '5000';
    await start();
    const [hanging, well] = [await Sink.start(), await Sink.start()];
    await register(hanging);
    await register(well);
    hanging.answer = answers.hang;
    for (let version = 1; version <= 5; version++) {
      await service.publish(riskChangesTopic, [riskChange('acme', version)]);
      await eventually('the delivery', () => well.calls.length === version, 1_000);
    }
    await eventually('the requests that hang', () => hanging.calls.length === 5, 1_000);
  });

  it('the status is the answer: a body without an end is cut and holds nothing', async () => {
    await start();
    const [dripping, flooding] = [await Sink.start(), await Sink.start()];
    const [drip, flood] = [await register(dripping), await register(flooding)];
    dripping.answer = answers.drip;
    flooding.answer = answers.flood;
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await service.settle();
    expect(await deliveries(drip)).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
    expect((await deliveries(drip))[0]!.attempts[0]!.ms).toBeGreaterThanOrEqual(1_900);
    expect(await deliveries(flood)).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
    expect((await deliveries(flood))[0]!.attempts[0]!.ms).toBeLessThan(1_900);
    // 64 KB read; what else left the sender lay in the buffers between.
    await eventually('the cut', () => flooding.sentBytes > 0);
    expect(flooding.sentBytes).toBeLessThan(16 * 1024 * 1024);
  });

  it('a clock that is set back while a request is under way holds nothing up', async () => {
    const clock = new MovableClock();
    await start({ clock });
    const sink = await Sink.start();
    const endpoint = await register(sink);
    sink.answer = answers.after(500);
    clock.aheadMs = 3_600_000;
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await eventually('the request', () => sink.calls.length === 1);
    clock.aheadMs = 0;
    await eventually('the delivery', async () => (await deliveries(endpoint))[0]?.state === 'delivered');
  });

  it('a service that closes waits for a slow answer, and gives back what hangs', async () => {
    timeoutMs = '20000';
    const log = await testEventLog();
    await start({ eventLog: log.eventLog });
    const [slow, hanging] = [await Sink.start(), await Sink.start()];
    const [kept, cut] = [await register(slow), await register(hanging)];
    slow.answer = answers.after(700);
    hanging.answer = answers.hang;
    await service.publish(riskChangesTopic, [riskChange('acme', 1)]);
    await eventually('both requests', () => slow.calls.length + hanging.calls.length === 2);
    const closedAt = performance.now();
    await service.stop({ keep: true });
    expect(performance.now() - closedAt).toBeLessThan(8_000);

    hanging.answer = answers.ok;
    const again = performance.now();
    await start({ eventLog: log.eventLog, databaseUrl: service.databaseUrl });
    await service.settle();
    // Long before its lease would have run out.
    expect(performance.now() - again).toBeLessThan(10_000);
    expect(await deliveries(kept)).toMatchObject([{ state: 'delivered', attempts: [{ status: 204 }] }]);
    expect(await deliveries(cut)).toMatchObject([{ state: 'delivered', attempts: [{ status: 204 }] }]);
    expect(slow.calls).toHaveLength(1);
    expect(hanging.calls.map((call) => call.id)).toEqual([slow.calls[0]!.id, slow.calls[0]!.id]);
    await service.running.close();
    await log.dispose();
  });
});
