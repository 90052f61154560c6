import type { SignalInput } from '@perennial/contracts/signal';
import { about, given, id, instant, object, oneEvent, signal, subjectOf, text } from './fields.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { timedList } from './schemes.js';

type Booking = Pick<Extract<SignalInput, { kind: 'engagement' }>['data'], 'outcome' | 'direction'>;

/** Bookings of Calendly. */
export const calendly: HookSource = {
  name: 'calendly',
  title: 'Calendly',
  secretFrom: 'us',
  settings: [],
  checks: () => ({ secret: timedList('Calendly-Webhook-Signature') }),
  eventsOf: (request) =>
    oneEvent(request, (body) => {
      const payload = object(body['payload']);
      const invitee = text(payload['uri']) ?? text(object(payload['invitee'])['uri']) ?? text(payload['invitee']);
      const type = text(body['event']) ?? '';
      return { id: invitee === null ? null : `${type}/${invitee.split('/').slice(-3).join('/')}`, type };
    }),
  signalsOf(event, settings) {
    const booking = bookingOf(event);
    if (booking === null) return [];
    const payload = object(event.body['payload']);
    const name = text(object(payload['scheduled_event'])['name']) ?? '';
    const person = text(payload['email']) ?? text(object(payload['invitee'])['email']);
    return about(subjectOf(event, settings, { person }), (subject) => [
      signal('engagement', subject, instant(event.body['created_at']), { type: /\bQBR\b|business review/i.test(name) ? 'qbr' : 'meeting', ...given({ ...booking, threadId: id(object(payload['scheduled_event'])['uri'])?.slice(-200) }) }),
    ]);
  },
  page: {
    events: [
      ['invitee.created', 'inbound meeting, without outcome: it is booked, not held'],
      ['invitee.canceled by the invitee', 'meeting declined; a cancellation of your own, or one that is rescheduled, is ignored'],
      ['invitee_no_show.created', 'meeting missed'],
    ],
    account: 'the account of the invitee\'s mail address',
    setUp: [
      'Create a webhook subscription through Calendly\'s API with url `{url}`, the events above, and as `signing_key` the secret that was answered when you made the source.',
    ],
    checkedAgainst: 'Calendly\'s page on webhook signatures and recorded calls; the scheme is Stripe\'s, so the `stripe` library signs the test vectors',
    thin: 'An event named QBR or business review counts as one. That a meeting was held is not told: send that from your calendar or call recorder.',
  },
};

function bookingOf({ type, body }: HookEvent): Booking | null {
  const payload = object(body['payload']);
  switch (type) {
    case 'invitee.created':
      return { direction: 'inbound' };
    case 'invitee.canceled':
      return payload['rescheduled'] === true || object(payload['cancellation'])['canceler_type'] === 'host' ? null : { outcome: 'declined' };
    case 'invitee_no_show.created':
      return { outcome: 'no_show' };
    default:
      return null;
  }
}
