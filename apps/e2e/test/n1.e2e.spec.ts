import { Kafka, logLevel } from 'kafkajs';
import { describeOnBothLogs } from './both-logs.js';
import { prepareAccount } from './prepared-account.js';
import { Receiver } from './receiver.js';
import { dayAfter, System, until } from './system.js';

interface RiskChange {
  accountId: string;
  from: string;
  to: string;
  version: number;
  reasons: { text: string; evidence: string[] }[];
}

/** Reads a server-sent stream until `count` events came, or 10 s. */
async function readStream(system: System, count: number, lastEventId?: string): Promise<{ id: string; data: RiskChange }[]> {
  const response = await fetch(`${system.ready.url}/api/v1/stream/risk-changes`, {
    headers: { authorization: `Bearer ${system.ready.apiKey}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: AbortSignal.timeout(10_000),
  });
  const events: { id: string; data: RiskChange }[] = [];
  let text = '';
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString('utf8');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const id = /^id: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (id && data) events.push({ id, data: JSON.parse(data) as RiskChange });
      if (events.length === count) return events;
    }
  }
  return events;
}

await describeOnBothLogs('N1: risk changes for other systems', (log) => {
  const start = new Date('2026-03-02T08:00:00Z');
  const endsOn = dayAfter(start, 300);
  let system: System;
  let receiver: Receiver;
  let heardUpTo: string;
  const changes = (accountId: string) => receiver.calls.filter((call) => call.body.data['accountId'] === accountId);
  const cancel = (accountId: string) => ({
    id: `${accountId}-notice`, kind: 'contract', accountId, data: { contractId: `${accountId}-c1`, status: 'cancel_scheduled', startsOn: dayAfter(start, -200), endsOn, arrMinor: 12_000_000, currency: 'USD' },
  });

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: start.toISOString() });
    receiver = await Receiver.start();
    for (const accountId of ['n1-a', 'n1-b']) await system.signals(prepareAccount(accountId, start, { endsOn }).signals);
    await system.settle();
    // From here on: what an account goes through while its first signals come depends on how they are read.
    receiver.secret = (await system.post<{ secret: string }>('/api/v1/webhook-endpoints', { url: receiver.url })).secret;
  }, 60_000);
  afterAll(async () => {
    await receiver?.stop();
    await system?.stop();
  }, 30_000);

  it('sends a signed webhook that the stock library verifies, once, and the stream the same', async () => {
    const live = readStream(system, 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await system.signals([cancel('n1-a')]);
    await until('the webhook', async () => changes('n1-a').length > 0);
    const [call] = changes('n1-a');
    expect(call).toMatchObject({ verified: true, body: { type: 'risk.changed', data: { accountId: 'n1-a', from: 'green', to: 'red' } } });
    const reasons = (call!.body.data as unknown as RiskChange).reasons;
    expect(reasons.flatMap((reason) => reason.evidence)).toContain('n1-a-notice');
    const [event] = await live;
    expect(event!.data).toEqual(call!.body.data);
    heardUpTo = event!.id;
    await system.settle();
    expect(changes('n1-a')).toHaveLength(1);
    const [delivery] = await system.list<{ state: string }>('/api/v1/deliveries');
    expect(delivery).toMatchObject({ state: 'delivered' });
  }, 30_000);

  it('resumes the stream behind Last-Event-ID', async () => {
    await system.signals([cancel('n1-b')]);
    await until('the second webhook', async () => changes('n1-b').length > 0);
    const [next] = await readStream(system, 1, heardUpTo);
    expect(next!.data).toMatchObject({ accountId: 'n1-b' });
  }, 30_000);

  // Other systems reach a topic only where the log is Kafka.
  if (log.name === 'Kafka') {
    it('writes a topic for stock Kafka clients, and reads telemetry that others produced', async () => {
      const kafka = new Kafka({ brokers: log.brokers!.split(','), clientId: 'downstream', logLevel: logLevel.NOTHING });
      const consumer = kafka.consumer({ groupId: `downstream-${Date.now()}` });
      const seen: { type: string; data: RiskChange }[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic: 'perennial.risk-changes.v1', fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void seen.push({ type: String(message.headers?.['ce_type']), data: JSON.parse(message.value!.toString()) as RiskChange }) });
      try {
        await until('the risk change of n1-a on Kafka', async () => seen.find((event) => event.type === 'perennial.risk.changed.v1' && event.data.accountId === 'n1-a' && event.data.to === 'red'), 20_000);
      } finally {
        await consumer.disconnect();
      }

      const producer = kafka.producer();
      await producer.connect();
      await producer.send({
        topic: 'perennial.telemetry.v1',
        messages: [{ key: 'foreign', value: JSON.stringify({ id: 'foreign-1', kind: 'pulse', accountId: 'n1-foreign', data: { pulse: 3, reason: 'from a producer' } }), headers: { ce_id: 'foreign-1', ce_type: 'perennial.signal.pulse.v1', ce_source: '/crm', ce_specversion: '1.0' } }],
      });
      await producer.disconnect();
      await until('the foreign signal', async () => (await system.call<{ data: unknown[] }>('GET', '/api/v1/accounts/n1-foreign/signals')).body.data?.length === 1);
    }, 60_000);
  }
});
