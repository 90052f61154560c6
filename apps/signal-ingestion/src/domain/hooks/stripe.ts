import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { amountUnknown, currencyOf, perYear, termOf, termUnknown, type Contract } from './billing.js';
import { about, day, given, id, instant, list, named, number, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import { isFault, type HookEvent, type HookSource } from './hook-source.js';
import { timedList } from './schemes.js';

/** What becomes of an invoice, by event. Stripe tells `invoice.paid` for every way of paying. */
const invoiceStatus: Readonly<Record<string, 'due' | 'paid' | 'failed' | 'overdue'>> = { 'invoice.finalized': 'due', 'invoice.paid': 'paid', 'invoice.payment_failed': 'failed', 'invoice.overdue': 'overdue' };
const subscriptionPrefix = 'customer.subscription.';

/** Subscriptions and invoices of Stripe. */
export const stripe: HookSource = {
  name: 'stripe',
  title: 'Stripe',
  secretFrom: 'them',
  settings: [],
  checks: () => ({ secret: timedList('Stripe-Signature') }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['id']), type: text(body['type']) ?? '' })),
  signalsOf(event, settings) {
    const invoice = named(invoiceStatus, event.type);
    const changes = event.type.startsWith(subscriptionPrefix) ? statusesOf(event) : [];
    if (invoice === undefined && changes.length === 0) return [];
    const { customer } = objectOf(event);
    // Expanded, where the sender asked for it.
    const account = id(customer) ?? id(object(customer)['id']);
    return about(subjectOf(event, settings, { account }), (subject) => (invoice === undefined ? contractSignals(event, changes, subject) : invoiceSignal(event, invoice, subject)));
  },
  page: {
    events: [
      ['customer.subscription.created, .updated', 'contract created, amended, renewed, cancellation scheduled or withdrawn'],
      ['customer.subscription.deleted', 'contract cancelled'],
      ['invoice.finalized, .paid, .payment_failed, .overdue', 'invoice due, paid, failed, overdue'],
    ],
    account: '`/data/object/customer`',
    setUp: [
      'In the Dashboard, Developers, Webhooks: add an endpoint with the URL `{url}` and the events above.',
      'Reveal its signing secret (`whsec_..`) and give it to the source.',
      'Make each customer\'s id (`cus_..`) an alias of its account, or keep your own id in the subscription\'s metadata and point `accountAt` at `/data/object/metadata/<name>`.',
    ],
    checkedAgainst: 'the official `stripe` library, which signs the test vectors and whose types name the fields',
    thin: 'The year\'s worth is price times quantity of the licensed items, without discounts and tax; metered items count nothing, and a price in tiers is listed as rejected. A trial is no contract yet.',
  },
};

const objectOf = ({ body }: HookEvent): Item => object(object(body['data'])['object']);

function invoiceSignal(event: HookEvent, status: 'due' | 'paid' | 'failed' | 'overdue', subject: Subject): readonly SignalInput[] | ItemFault {
  const invoice = objectOf(event);
  const invoiceId = id(invoice['id']);
  const amountMinor = number(status === 'paid' ? (invoice['amount_paid'] ?? invoice['amount_due']) : invoice['amount_due']);
  const currency = currencyOf(invoice['currency']);
  // One that is charged by itself is due when it is made.
  const dueOn = day(invoice['due_date']) ?? day(invoice['created']);
  if (invoiceId === null || amountMinor === null || currency === null || dueOn === null) return { code: 'missing_field', pointer: '/data/object', detail: 'lacks id, amount, currency or date: it is no invoice' };
  return [signal('invoice', subject, instant(event.body['created']), { invoiceId, status, amountMinor, currency, dueOn })];
}

function contractSignals(event: HookEvent, changes: readonly Contract['status'][], subject: Subject): readonly SignalInput[] | ItemFault {
  const contract = contractOf(objectOf(event));
  if (isFault(contract)) return contract;
  const subscription = objectOf(event);
  const occurredAt = instant(event.body['created']);
  return changes.map((status) => {
    const ends = status === 'cancelled' ? day(subscription['ended_at']) : null;
    const details = object(subscription['cancellation_details']);
    const reason = status.startsWith('cancel') ? (words(details['comment']) ?? words(details['feedback']) ?? words(details['reason'])) : null;
    return signal('contract', subject, occurredAt, { ...contract, status, ...given({ effectiveOn: ends, reason }) });
  });
}

/** What an event says about a subscription; `previous_attributes` holds what was different before. */
function statusesOf(event: HookEvent): Contract['status'][] {
  const subscription = objectOf(event);
  const before = object(object(event.body['data'])['previous_attributes']);
  const was = (name: string): boolean => Object.hasOwn(before, name);
  const isPending = (status: unknown): boolean => status === 'incomplete' || status === 'incomplete_expired' || status === 'trialing';
  if (event.type === `${subscriptionPrefix}deleted`) return isPending(subscription['status']) ? [] : ['cancelled'];
  if (isPending(subscription['status'])) return [];
  if (event.type === `${subscriptionPrefix}created`) return ['created'];
  if (event.type !== `${subscriptionPrefix}updated`) return [];
  if (isPending(before['status'])) return ['created'];
  const statuses: Contract['status'][] = [];
  const began = startOf(before);
  // Of a list that changed Stripe tells all entries as they were, whichever of their fields it was.
  if (was('current_period_end') || (began !== null && began !== startOf(subscription))) statuses.push('renewed');
  else if (was('items') || was('quantity') || was('plan')) statuses.push('amended');
  if (was('cancel_at_period_end') || was('cancel_at')) statuses.push(isCancelled(subscription) ? 'cancel_scheduled' : 'cancel_withdrawn');
  return statuses;
}

const isCancelled = (subscription: Item): boolean => subscription['cancel_at_period_end'] === true || number(subscription['cancel_at']) !== null;
/** Since 2025 the period stands at the items. */
const itemsOf = (subscription: Item): Item[] => list(object(subscription['items'])['data']).map(object);
const startOf = (subscription: Item): number | null => number(itemsOf(subscription)[0]?.['current_period_start']);

function contractOf(subscription: Item): Omit<Contract, 'status'> | ItemFault {
  const items = itemsOf(subscription);
  const contractId = id(subscription['id']);
  const term = termOf(subscription['current_period_start'] ?? items[0]?.['current_period_start'], subscription['current_period_end'] ?? items[0]?.['current_period_end']);
  if (contractId === null || term === null) return termUnknown;
  let arr = 0;
  const seats: number[] = [];
  for (const item of items) {
    const price = object(item['price'] ?? item['plan']);
    const recurring = object(price['recurring'] ?? price);
    if (recurring['usage_type'] === 'metered') continue;
    const quantity = number(item['quantity']) ?? 1;
    const amount = number(price['unit_amount']) ?? number(price['amount']) ?? number(price['unit_amount_decimal']);
    const worth = amount === null ? null : perYear(amount * quantity, recurring['interval'], number(recurring['interval_count']) ?? 1);
    if (worth === null) return amountUnknown;
    arr += worth;
    seats.push(quantity);
  }
  const currency = currencyOf(subscription['currency'] ?? object(items[0]?.['price'])['currency']);
  if (currency === null) return amountUnknown;
  return { contractId, ...term, arrMinor: Math.round(arr), currency, autoRenew: !isCancelled(subscription), ...(seats.length === 1 ? { seats: seats[0] as number } : {}) };
}
