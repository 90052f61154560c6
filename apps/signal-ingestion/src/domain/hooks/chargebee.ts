import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { amountUnknown, currencyOf, perYear, termOf, termUnknown, type Contract } from './billing.js';
import { about, day, given, id, instant, list, named, number, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import { isFault, type HookEvent, type HookSource } from './hook-source.js';
import { sharedSecret } from './schemes.js';

const contractStatus: Readonly<Record<string, Contract['status']>> = {
  subscription_created: 'created',
  subscription_activated: 'created',
  subscription_changed: 'amended',
  subscription_renewed: 'renewed',
  subscription_cancellation_scheduled: 'cancel_scheduled',
  subscription_scheduled_cancellation_removed: 'cancel_withdrawn',
  subscription_cancelled: 'cancelled',
};
const invoiceEvents = ['invoice_generated', 'payment_succeeded', 'payment_failed'];

/** Subscriptions and invoices of Chargebee, product catalogs 1.0 and 2.0. */
export const chargebee: HookSource = {
  name: 'chargebee',
  title: 'Chargebee',
  secretFrom: 'us',
  settings: [],
  checks: () => ({ secret: sharedSecret() }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['id']), type: text(body['event_type']) ?? '' })),
  signalsOf(event, settings) {
    const content = object(event.body['content']);
    const subscription = object(content['subscription']);
    const invoice = object(content['invoice']);
    const status = named(contractStatus, event.type);
    if (status !== undefined) {
      // A trial, or one that starts later, is no contract yet.
      if (subscription['status'] === 'in_trial' || subscription['status'] === 'future') return [];
      return about(subjectOf(event, settings, { account: subscription['customer_id'] }), (subject) => contractSignal(event, subscription, status, subject));
    }
    if (!invoiceEvents.includes(event.type) || id(invoice['id']) === null) return [];
    return about(subjectOf(event, settings, { account: invoice['customer_id'] }), (subject) => invoiceSignal(event, invoice, subject));
  },
  page: {
    events: [
      ['subscription_created, _activated, _changed, _renewed', 'contract created, amended, renewed'],
      ['subscription_cancellation_scheduled, _scheduled_cancellation_removed', 'cancellation scheduled, withdrawn'],
      ['subscription_cancelled', 'contract cancelled'],
      ['invoice_generated, payment_succeeded, payment_failed', 'invoice due, paid, failed'],
    ],
    account: '`/content/subscription/customer_id`, which is your own customer id where you set it; or point `accountAt` at a custom field such as `/content/customer/cf_account_id`',
    setUp: [
      'In Chargebee, Settings, Configure, Webhooks: URL `{url}`, *protected by basic authentication* with any user name and, as password, the secret that was answered when you made the source. API version v2.',
      'Without basic authentication put it into the address: `{url}?secret=<secret>`.',
    ],
    checkedAgainst: 'Chargebee\'s page on events and recorded events of the first catalog; it signs nothing, so the secret itself is compared. From memory: items of the second catalog',
    thin: 'The year\'s worth is the plan and its recurring add-ons at their price, without discounts and tax. Late and doubled events are put in order by the resource\'s version.',
  },
};

/** The version is the millisecond of the last change, which orders events of one second. */
const changedAt = (event: HookEvent, resource: Item): string | null => instant(number(resource['resource_version'])) ?? instant(event.body['occurred_at']);

function contractSignal(event: HookEvent, subscription: Item, status: Contract['status'], subject: Subject): readonly SignalInput[] | ItemFault {
  const contractId = id(subscription['id']);
  const term = termOf(subscription['current_term_start'] ?? subscription['started_at'], subscription['current_term_end'] ?? subscription['next_billing_at'] ?? subscription['cancelled_at']);
  if (contractId === null || term === null) return termUnknown;
  const worth = worthOf(subscription);
  if (isFault(worth)) return worth;
  const reason = status === 'cancelled' || status === 'cancel_scheduled' ? (words(subscription['cancel_reason_code']) ?? words(subscription['cancel_reason'])) : null;
  const effectiveOn = status === 'cancelled' ? day(subscription['cancelled_at']) : null;
  return [signal('contract', subject, changedAt(event, subscription), { contractId, status, ...term, ...worth, autoRenew: subscription['status'] === 'active', ...given({ reason, effectiveOn }) })];
}

function worthOf(subscription: Item): Pick<Contract, 'arrMinor' | 'currency' | 'seats'> | ItemFault {
  const count = number(subscription['billing_period']) ?? 1;
  const currency = currencyOf(subscription['currency_code']);
  const items = list(subscription['subscription_items']).map(object).filter((item) => item['item_type'] !== 'charge');
  const plan = items.find((item) => item['item_type'] === 'plan');
  const amounts = items.length > 0 ? items.map(amountOf) : [number(subscription['plan_amount']) ?? amountOf({ unit_price: subscription['plan_unit_price'], quantity: subscription['plan_quantity'] }), ...list(subscription['addons']).map((addon) => amountOf(object(addon)))];
  if (currency === null || amounts.some((amount) => amount === null)) return amountUnknown;
  const arr = perYear((amounts as number[]).reduce((sum, amount) => sum + amount, 0), subscription['billing_period_unit'], count);
  if (arr === null) return amountUnknown;
  const seats = number(plan?.['quantity'] ?? subscription['plan_quantity']);
  return { arrMinor: Math.round(arr), currency, ...(seats !== null && Number.isInteger(seats) ? { seats } : {}) };
}

function amountOf(item: Item): number | null {
  const price = number(item['unit_price']);
  return number(item['amount']) ?? (price === null ? null : price * (number(item['quantity']) ?? 1));
}

function invoiceSignal(event: HookEvent, invoice: Item, subject: Subject): readonly SignalInput[] | ItemFault {
  const paid = invoice['status'] === 'paid';
  // Part of it was paid: it is as due as before.
  if (event.type === 'payment_succeeded' && !paid) return [];
  const status = paid ? 'paid' : event.type === 'payment_failed' ? 'failed' : 'due';
  const amountMinor = number(status === 'paid' ? (invoice['amount_paid'] ?? invoice['total']) : (invoice['amount_due'] ?? invoice['total']));
  const currency = currencyOf(invoice['currency_code']);
  const dueOn = day(invoice['due_date']) ?? day(invoice['date']);
  if (amountMinor === null || currency === null || dueOn === null) return { code: 'missing_field', pointer: '/content/invoice', detail: 'lacks amount, currency or date' };
  return [signal('invoice', subject, changedAt(event, invoice), { invoiceId: id(invoice['id']) as string, status, amountMinor, currency, dueOn })];
}
