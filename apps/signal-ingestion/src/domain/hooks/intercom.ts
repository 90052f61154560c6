import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { about, given, id, instant, list, named, number, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

const ticketStatus: Readonly<Record<string, 'opened' | 'updated' | 'solved' | 'reopened'>> = {
  'conversation.user.created': 'opened',
  'conversation.priority.updated': 'updated',
  'conversation.admin.closed': 'solved',
  'conversation.admin.opened': 'reopened',
};

/** Conversations of Intercom. */
export const intercom: HookSource = {
  name: 'intercom',
  title: 'Intercom',
  secretFrom: 'them',
  settings: [],
  checks: () => ({ secret: bodyHmac({ header: 'X-Hub-Signature', prefix: 'sha1=', hash: 'sha1', encoding: 'hex' }) }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['id']), type: text(body['topic']) ?? '' })),
  signalsOf(event, settings) {
    const known = Object.hasOwn(ticketStatus, event.type) || event.type === 'conversation.user.replied' || event.type === 'conversation.rating.added';
    if (!known) return [];
    const conversation = conversationOf(event);
    return about(subjectOf(event, settings, { account: object(conversation['company'])['company_id'], person: personIn(conversation) }), (subject) => conversationSignals(event, subject));
  },
  page: {
    events: [
      ['conversation.user.created', 'ticket opened'],
      ['conversation.user.replied', 'inbound mail on the ticket'],
      ['conversation.priority.updated', 'ticket updated, with its new priority'],
      ['conversation.admin.closed, .opened', 'ticket solved, reopened'],
      ['conversation.rating.added', 'CSAT of 1 to 5'],
    ],
    account: 'the account of the contact (its external id, else its mail address), or `/data/item/company/company_id` where the conversation has one',
    setUp: [
      'In the Developer Hub, open your app, Webhooks: endpoint URL `{url}`, and the topics above.',
      'Give the source the app\'s client secret (Basic information).',
    ],
    checkedAgainst: 'Intercom\'s pages on webhook models and signed notifications; no official Node library verifies these, so vectors are signed by HMAC-SHA1 as the page says. From memory: the rating, the contact\'s external id and the company inside a conversation',
    thin: 'A conversation is either a priority or not: priority counts as high, the others as normal.',
  },
};

const conversationOf = ({ body }: HookEvent): Item => object(object(body['data'])['item']);

/** The contact's id in your product, else the address they wrote from. */
function personIn(conversation: Item): string | null {
  const [contact] = list(object(conversation['contacts'])['contacts']);
  return text(object(contact)['external_id']) ?? text(object(object(conversation['source'])['author'])['email']);
}

function conversationSignals(event: HookEvent, subject: Subject): readonly SignalInput[] | ItemFault {
  const conversation = conversationOf(event);
  const ticketId = id(conversation['id']);
  if (ticketId === null) return { code: 'missing_field', pointer: '/data/item/id', detail: 'is required: the event names its conversation' };
  const occurredAt = instant(event.body['created_at']);
  if (event.type === 'conversation.user.replied') return [signal('engagement', subject, occurredAt, { type: 'mail', direction: 'inbound', ticketId })];
  if (event.type === 'conversation.rating.added') return ratingSignal(conversation, subject, occurredAt);
  const status = named(ticketStatus, event.type) ?? 'updated';
  const priority = conversation['priority'] === 'priority' ? 'high' : 'normal';
  return [signal('ticket', subject, occurredAt, { ticketId, status, priority, ...given({ subject: words(object(conversation['source'])['subject'], 500) }) })];
}

function ratingSignal(conversation: Item, subject: Subject, occurredAt: string | null): readonly SignalInput[] | ItemFault {
  const rating = object(conversation['conversation_rating']);
  const score = number(rating['rating']);
  if (score === null) return { code: 'missing_field', pointer: '/data/item/conversation_rating/rating', detail: 'is required: the event tells a rating' };
  return [signal('survey', subject, instant(rating['created_at']) ?? occurredAt, { type: 'csat', score, surveyId: 'intercom-conversation-rating', ...given({ comment: words(rating['remark'], 10_000) }) })];
}
