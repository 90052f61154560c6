import { signings, zendeskTicket } from '../../apps/signal-ingestion/test/hook-calls.js';
import type { Random } from '@perennial/testing/random';
import type { ChaosSystem } from '../system/system.js';

export type HookName = 'zendesk' | 'intercom' | 'stripe';

/** What an event is about; `at` in ms. */
interface About {
  readonly id: string;
  readonly at: number;
  readonly accountId: string;
  readonly personId: string;
  readonly random: Random;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const stripeEvent = ({ id, at }: About, type: string, object: object) => ({ id, object: 'event', type, created: seconds(at), data: { object } });
const zendeskEvent = (type: string, event: object = {}) => ({ id, at, accountId, random }: About) => ({ ...zendeskTicket({ organization: accountId, ticket: `${accountId}-z`, priority: random.pick(['URGENT', 'HIGH', 'LOW']), type, event }), id, time: new Date(at).toISOString() });

/** What business systems tell of each account, under ids of their own that a repetition keeps. One signal becomes of each. */
export const hookEvents: readonly { readonly system: HookName; readonly payloadOf: (about: About) => object }[] = [
  { system: 'zendesk', payloadOf: zendeskEvent('created') },
  { system: 'zendesk', payloadOf: zendeskEvent('status_changed', { current: 'SOLVED', previous: 'OPEN' }) },
  { system: 'intercom', payloadOf: ({ id, at, accountId, personId, random }) => ({
    type: 'notification_event', id, topic: 'conversation.rating.added', created_at: seconds(at),
    data: { item: { type: 'conversation', id: `${accountId}-i`, contacts: { contacts: [{ external_id: personId }] }, company: { company_id: accountId }, conversation_rating: { rating: random.between(1, 5), created_at: seconds(at) } } },
  }) },
  { system: 'stripe', payloadOf: (about) => stripeEvent(about, about.random.pick(['invoice.finalized', 'invoice.paid', 'invoice.payment_failed']), { id: `in_${about.accountId}`, customer: about.accountId, amount_due: 1000, amount_paid: 1000, currency: 'usd', created: seconds(about.at) }) },
  { system: 'stripe', payloadOf: (about) => stripeEvent(about, 'customer.subscription.created', {
    id: `sub_${about.accountId}`, customer: about.accountId, status: 'active', currency: 'usd', cancel_at_period_end: false, cancel_at: null,
    items: { data: [{ quantity: about.random.between(1, 20), current_period_start: seconds(about.at) - 86_400 * 30, current_period_end: seconds(about.at) + 86_400 * 335, price: { unit_amount: 12_000, currency: 'usd', recurring: { interval: 'year', interval_count: 1, usage_type: 'licensed' } } }] },
  }) },
];

export interface HookEndpoint {
  readonly id: string;
  readonly hookPath: string;
  readonly secret: string;
}

export type HookEndpoints = ReadonlyMap<HookName, HookEndpoint>;

/** A source for each system, as an admin makes it. */
export async function makeHookEndpoints(system: ChaosSystem): Promise<HookEndpoints> {
  const made = new Map<HookName, HookEndpoint>();
  for (const type of new Set(hookEvents.map((event) => event.system))) {
    const { secret } = signings[type]!;
    const { id, hookPath } = await system.must<{ id: string; hookPath: string }>('POST', '/api/v1/sources', { type, name: type, secret });
    made.set(type, { id, hookPath, secret });
  }
  return made;
}

/** A call as its system makes it, signed anew each time. */
export async function hookCall(system: HookName, { hookPath, secret }: HookEndpoint, payload: object): Promise<{ path: string; headers: Record<string, string>; body: string }> {
  const body = JSON.stringify(payload);
  return { path: hookPath, headers: { 'content-type': 'application/json', ...(await signings[system]!.sign(secret, body, new Date())) }, body };
}
