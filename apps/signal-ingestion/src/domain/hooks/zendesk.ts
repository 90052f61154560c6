import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import { about, given, id, instant, list, lower, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { Item } from '../vendors/vendor.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { fiveMinutes, hmac, isoTime } from './schemes.js';

const priorities = ['low', 'normal', 'high', 'urgent'] as const;
const isSolved = (status: unknown): boolean => ['solved', 'closed'].includes(lower(status));

/** Ticket events of Zendesk's event webhooks. */
export const zendesk: HookSource = {
  name: 'zendesk',
  title: 'Zendesk',
  secretFrom: 'them',
  settings: [],
  checks: () => ({
    secret: hmac({
      hash: 'sha256',
      encoding: 'base64',
      shows: 'X-Zendesk-Webhook-Signature and X-Zendesk-Webhook-Signature-Timestamp',
      toleranceSeconds: fiveMinutes,
      read({ headers, body }) {
        const shown = headers['x-zendesk-webhook-signature'];
        const time = headers['x-zendesk-webhook-signature-timestamp'];
        return shown === undefined || time === undefined ? null : { signatures: [shown], signedAt: isoTime(time), texts: [[time, body]] };
      },
    }),
  }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['id']), type: text(body['type']) ?? '' })),
  signalsOf(event, settings) {
    if (!event.type.startsWith('zen:event-type:')) return notAnEvent;
    const change = changeOf(event);
    return change === null ? [] : about(subjectOf(event, settings, { account: object(event.body['detail'])['organization_id'] }), (subject) => ticketSignals(event, change, subject));
  },
  page: {
    events: [
      ['ticket.created', 'ticket opened'],
      ['ticket.status_changed', 'ticket solved, reopened or updated'],
      ['ticket.priority_changed', 'ticket updated, with its new priority'],
      ['ticket.comment_added by an end user', 'inbound mail on the ticket'],
    ],
    account: '`/detail/organization_id`',
    setUp: [
      'In Admin Center, Apps and integrations, Webhooks: create a webhook, choose *Zendesk events* and the ticket events above, endpoint URL `{url}`, method POST, format JSON.',
      'Reveal its signing secret and give it to the source.',
      'Make each organization\'s id an alias of its account.',
    ],
    checkedAgainst: 'Zendesk\'s pages on webhook verification and on ticket events; its printed test vector is of the older order of time and body and is kept as a forged one. From memory: `author.is_staff` of a comment',
    thin: 'The requester comes as an id without an address, so tickets count for the account and not for a contact. A ticket without priority counts as normal; one tagged `complaint` is a complaint.',
  },
};

const notAnEvent: ItemFault = { code: 'unknown_event', pointer: '/type', detail: 'is no Zendesk event (zen:event-type:..): connect the webhook to events, not to a trigger with a body of its own' };

function ticketSignals({ body }: HookEvent, change: Change, subject: Subject): readonly SignalInput[] | ItemFault {
  const detail = object(body['detail']);
  const ticketId = id(detail['id']);
  if (ticketId === null) return { code: 'missing_field', pointer: '/detail/id', detail: 'is required: a ticket event names its ticket' };
  const occurredAt = instant(body['time']);
  if (change === 'reply') return [signal('engagement', subject, occurredAt, { type: 'mail', direction: 'inbound', ticketId })];
  const priority = priorities.find((name) => name === lower(detail['priority'])) ?? 'normal';
  return [signal('ticket', subject, occurredAt, { ticketId, status: change, priority, ...given({ subject: words(detail['subject'], 500), complaint: list(detail['tags']).includes('complaint') || null }) })];
}

type Change = 'opened' | 'updated' | 'solved' | 'reopened' | 'reply';

/** What an event changes; null: nothing that counts. */
function changeOf({ type, body }: HookEvent): Change | null {
  const { current, previous, comment } = object(body['event']);
  switch (type) {
    case 'zen:event-type:ticket.created':
      return 'opened';
    case 'zen:event-type:ticket.status_changed':
      return isSolved(current) ? 'solved' : isSolved(previous) ? 'reopened' : 'updated';
    case 'zen:event-type:ticket.priority_changed':
      return 'updated';
    case 'zen:event-type:ticket.comment_added':
      return isFromCustomer(object(comment)) ? 'reply' : null;
    default:
      return null;
  }
}

function isFromCustomer(comment: Item): boolean {
  return object(comment['author'])['is_staff'] === false && comment['is_public'] !== false;
}
