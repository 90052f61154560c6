import { createHmac } from 'node:crypto';

/** Webhook calls as their senders make them: body and headers. */
export type Call = [body: string, headers: Record<string, string>];

export const hmacOf = (hash: string, secret: string | Buffer, ...parts: string[]): Buffer => createHmac(hash, secret).update(parts.join('')).digest();

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

export function zendeskCall(secret: string, payload: unknown, at = new Date()): Call {
  const body = textOf(payload);
  const time = at.toISOString();
  return [body, { 'x-zendesk-webhook-signature': hmacOf('sha256', secret, time, body).toString('base64'), 'x-zendesk-webhook-signature-timestamp': time }];
}

export function zendeskTicket({ organization, ticket, priority = 'NORMAL', type = 'created', event = {} }: { organization: string | null; ticket: string; priority?: string; type?: string; event?: object }) {
  return {
    type: `zen:event-type:ticket.${type}`,
    account_id: 22_129_848,
    id: `event-${ticket}-${type}`,
    time: '2026-03-02T08:59:00Z',
    zendesk_event_version: '2022-11-06',
    subject: `zen:ticket:${ticket}`,
    detail: { id: ticket, organization_id: organization, requester_id: '8447388090494', priority, status: 'OPEN', subject: 'It burns', tags: ['vip'] },
    event,
  };
}
