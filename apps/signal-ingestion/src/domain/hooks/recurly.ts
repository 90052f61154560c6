import { id, oneEvent, text } from './fields.js';
import type { HookSource } from './hook-source.js';
import { fiveMinutes, hmac, milliseconds, seconds } from './schemes.js';

/** Events that would matter if they said more than which object changed. */
const wouldMatter = new Set([
  'subscription/created', 'subscription/activated', 'subscription/changed', 'subscription/renewed', 'subscription/canceled', 'subscription/reactivated', 'subscription/expired',
  'charge_invoice/created', 'charge_invoice/paid', 'charge_invoice/past_due', 'charge_invoice/failed', 'invoice/created', 'invoice/paid', 'invoice/past_due', 'invoice/failed',
]);

/** Recurly's signed JSON webhooks: which object changed, and nothing of it. */
export const recurly: HookSource = {
  name: 'recurly',
  title: 'Recurly',
  secretFrom: 'them',
  settings: [],
  checks: () => ({
    secret: hmac({
      hash: 'sha256',
      encoding: 'hex',
      shows: 'recurly-signature',
      toleranceSeconds: fiveMinutes,
      read({ headers, body }) {
        const shown = headers['recurly-signature'];
        if (shown === undefined) return null;
        const [time = '', ...signatures] = shown.split(',').map((part) => part.trim());
        // Its page says milliseconds and shows seconds.
        return { signatures, signedAt: time.length <= 11 ? seconds(time) : milliseconds(time), texts: [[`${time}.`, body]] };
      },
    }),
  }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['id']) === null ? null : ['id', 'object_type', 'event_type', 'event_time'].map((name) => id(body[name]) ?? '').join('/'), type: `${text(body['object_type']) ?? ''}/${text(body['event_type']) ?? ''}` })),
  signalsOf({ type, body }) {
    if (!wouldMatter.has(type)) return [];
    return { code: 'details_not_included', pointer: '/uuid', detail: `Recurly tells ids only: read ${type.split('/')[0]} ${text(body['uuid']) ?? id(body['id']) ?? '?'} there and send it as a contract or invoice signal` };
  },
  page: {
    events: [['subscription and invoice events', 'nothing by themselves: they are listed as rejected (`details_not_included`) with the ids to look up']],
    account: 'none',
    setUp: [
      'In Recurly, Integrations, Webhooks: add an endpoint with the URL `{url}`, format JSON, and the subscription and invoice notifications.',
      'Give the source the endpoint\'s secret key. After you regenerate it Recurly signs with both for 24 hours.',
      'To have contracts and invoices counted, send them from your own export to `POST /api/v1/signals` or a generic source.',
    ],
    checkedAgainst: 'Recurly\'s pages on signature verification and on notifications; its Node library has no verifier',
    thin: 'JSON notifications hold the type, the time and ids; plan, amount, period and account are not in the call. XML notifications hold more and are not signed, so they are not taken.',
  },
};
