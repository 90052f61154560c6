import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { amountUnknown, currencyOf, perYear, termUnknown } from './billing.js';
import { about, bodyText, day, given, id, instant, invalidJson, isItem, named, notAnObject, number, object, parsed, signal, subjectOf, text, type Subject } from './fields.js';
import type { HookEvent, HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

const paymentStatus: Readonly<Record<string, 'paid' | 'failed'>> = { succeeded: 'paid', failed: 'failed' };

/** Subscriptions and invoices of Lago. */
export const lago: HookSource = {
  name: 'lago',
  title: 'Lago',
  secretFrom: 'them',
  settings: [],
  checks: () => ({
    secret: bodyHmac({ header: 'X-Lago-Signature', hash: 'sha256', encoding: 'base64' }),
    publicKey: {
      kind: 'token',
      shows: 'X-Lago-Signature with the signed token',
      read: ({ headers }) => headers['x-lago-signature'] ?? null,
      faultOf: ({ claims, body }) => (claims['data'] === body ? null : 'the token is about another body: the call was changed on the way, or the token was taken from another call'),
    },
  }),
  eventsOf(request) {
    const json = parsed(bodyText(request));
    if (json === null) return invalidJson;
    const { value } = json;
    return isItem(value) ? [{ id: request.headers['x-lago-unique-key'] ?? null, type: text(value['webhook_type']) ?? '', body: value }] : notAnObject;
  },
  signalsOf(event, settings) {
    const subscription = object(event.body['subscription']);
    const invoice = object(event.body['invoice']);
    switch (event.type) {
      case 'subscription.started':
      case 'subscription.terminated': {
        const account = id(subscription['external_customer_id']) ?? id(object(subscription['customer'])['external_id']);
        return about(subjectOf(event, settings, { account }), (subject) => contractSignal(event, subscription, subject));
      }
      case 'invoice.created':
      case 'invoice.payment_overdue':
      case 'invoice.payment_status_updated': {
        const status = event.type === 'invoice.created' ? 'due' : event.type === 'invoice.payment_overdue' ? 'overdue' : named(paymentStatus, invoice['payment_status']);
        return status === undefined ? [] : about(subjectOf(event, settings, { account: object(invoice['customer'])['external_id'] }), (subject) => invoiceSignal(invoice, status, subject));
      }
      default:
        return [];
    }
  },
  page: {
    events: [
      ['subscription.started', 'contract created'],
      ['subscription.terminated', 'contract cancelled'],
      ['invoice.created, .payment_overdue', 'invoice due, overdue'],
      ['invoice.payment_status_updated', 'invoice paid or failed'],
    ],
    account: 'your own customer id: `/subscription/external_customer_id`, `/invoice/customer/external_id`',
    setUp: [
      'In Lago, Developers, Webhooks: add an endpoint with the URL `{url}`.',
      'With signature *HMAC* give the source your HMAC key as its secret; with *JWT* give it the public key of `GET /api/v1/webhooks/public_key` as `publicKey`.',
    ],
    checkedAgainst: 'Lago\'s page on format and signature, with its samples of both signatures; the `jose` library signs the test vectors of tokens. From memory: the plan inside a subscription, the fields of an invoice',
    thin: 'A subscription without an end is open-ended. Its year\'s worth is the plan\'s amount; usage counts nothing. `invoice.payment_failure` names no amount: the failed payment is taken from `invoice.payment_status_updated`.',
  },
};

function contractSignal({ type }: HookEvent, subscription: Item, subject: Subject): readonly SignalInput[] | ItemFault {
  const contractId = id(subscription['external_id']) ?? id(subscription['lago_id']);
  const startsOn = day(subscription['started_at']) ?? day(subscription['subscription_at']);
  if (contractId === null || startsOn === null) return termUnknown;
  const plan = object(subscription['plan']);
  const amount = number(plan['amount_cents']);
  const arr = amount === null ? null : perYear(amount, plan['interval'], 1);
  const currency = currencyOf(plan['amount_currency']);
  if (arr === null || currency === null) return amountUnknown;
  const shared = { contractId, startsOn, endsOn: day(subscription['ending_at']), arrMinor: Math.round(arr), currency };
  if (type === 'subscription.started') return [signal('contract', subject, instant(subscription['started_at']), { ...shared, status: 'created' })];
  return [signal('contract', subject, instant(subscription['terminated_at']), { ...shared, status: 'cancelled', ...given({ effectiveOn: day(subscription['terminated_at']) }) })];
}

function invoiceSignal(invoice: Item, status: 'due' | 'paid' | 'failed' | 'overdue', subject: Subject): readonly SignalInput[] | ItemFault {
  const invoiceId = id(invoice['lago_id']);
  const amountMinor = number(invoice['total_amount_cents']);
  const currency = currencyOf(invoice['currency']);
  const dueOn = day(invoice['payment_due_date']) ?? day(invoice['issuing_date']);
  if (invoiceId === null || amountMinor === null || currency === null || dueOn === null) return { code: 'missing_field', pointer: '/invoice', detail: 'lacks id, amount, currency or date' };
  return [signal('invoice', subject, instant(invoice['updated_at']), { invoiceId, status, amountMinor, currency, dueOn })];
}
