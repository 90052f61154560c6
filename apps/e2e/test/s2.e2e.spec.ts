import { createHmac } from 'node:crypto';
import { describeOnBothLogs } from './both-logs.js';
import { System, until } from './system.js';

interface Health {
  indicators: { kind: string; evidence: string[] }[];
}

await describeOnBothLogs('S2: business systems by webhook', (log) => {
  const secret = 'the signing secret of Zendesk';
  let system: System;
  let source: { id: string; hookPath: string };

  beforeAll(async () => {
    system = await System.start({ kafka: log.brokers, now: '2026-03-02T08:00:00Z' });
    source = await system.post('/api/v1/sources', { type: 'zendesk', name: 'Support', secret });
  }, 60_000);
  afterAll(() => system?.stop(), 30_000);

  const ticket = (type: string, priority: string, event: object = {}) => ({
    type: `zen:event-type:ticket.${type}`, id: `${type}-${priority}`, time: '2026-03-02T07:59:00Z', zendesk_event_version: '2022-11-06', subject: 'zen:ticket:1',
    detail: { id: '35436', organization_id: 's2-co', priority, status: 'OPEN', subject: 'Export fails' }, event,
  });
  const send = async (payload: object, signedWith: string, at: string) => {
    const body = JSON.stringify(payload);
    const signature = createHmac('sha256', signedWith).update(at + body).digest('base64');
    const started = performance.now();
    const response = await fetch(system.ready.url + source.hookPath, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-zendesk-webhook-signature': signature, 'x-zendesk-webhook-signature-timestamp': at } });
    return { status: response.status, ms: performance.now() - started };
  };

  it('raises the indicator of an urgent ticket, once, and refuses forged and stale calls', async () => {
    const now = new Date().toISOString();
    const first = await send(ticket('created', 'URGENT'), secret, now);
    expect(first.status).toBe(200);
    expect(first.ms).toBeLessThan(1000);
    expect((await send(ticket('created', 'URGENT'), secret, now)).status).toBe(200);
    expect((await send(ticket('status_changed', 'URGENT', { current: 'SOLVED', previous: 'OPEN' }), 'guessed', now)).status).toBe(401);
    expect((await send(ticket('status_changed', 'URGENT', { current: 'SOLVED', previous: 'OPEN' }), secret, '2026-03-02T07:00:00Z')).status).toBe(401);

    const raised = await until('urgent_ticket_open', async () => {
      const { status, body } = await system.call<Health>('GET', '/api/v1/accounts/s2-co/health');
      return status === 200 && body.indicators.find(({ kind }) => kind === 'urgent_ticket_open');
    });
    expect(raised.evidence).toEqual(['created-URGENT']);
    await system.settle();
    expect(await system.list('/api/v1/accounts/s2-co/signals')).toHaveLength(1);
    expect((await system.list<{ code: string }>(`/api/v1/rejected?sourceId=${source.id}`)).map(({ code }) => code).sort()).toEqual(['signature_stale', 'signature_wrong']);
  }, 30_000);

  it('clears it when the ticket is solved', async () => {
    await system.settle();
    const solved = { ...ticket('status_changed', 'URGENT', { current: 'SOLVED', previous: 'OPEN' }), time: '2026-03-02T08:00:01Z' };
    expect((await send(solved, secret, new Date().toISOString())).status).toBe(200);
    await until('no urgent_ticket_open', async () => !(await system.get<Health>('/api/v1/accounts/s2-co/health')).indicators.some(({ kind }) => kind === 'urgent_ticket_open'));
  }, 30_000);
});
