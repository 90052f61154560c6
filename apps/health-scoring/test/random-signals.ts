import type { Signal, SignalData, SignalKind } from '@perennial/contracts/signal';
import fc from 'fast-check';
import { dayMs, isoDay } from '../src/domain/time/day.js';
import { signalOf } from './scenario.js';

/** First day of the random histories, which last 130 days. */
export const start = Date.parse('2026-01-05T00:00:00Z');
const people = ['s', 'c', 'p', 'u', 'v', 'w'];
/** Features whose use is watched one by one in the random histories. */
export const keyFeatures = ['export', 'share'];
const day = fc.integer({ min: 0, max: 130 });
const person = fc.constantFrom(...people);
export const iso = (offset: number): string => isoDay(Math.floor(start / dayMs) + offset);

/** One signal as data: what, by whom, of which product, when. */
export interface Told {
  kind: SignalKind;
  data: unknown;
  personId: string | null;
  product: string | null;
  /** Of people only. */
  importId?: string | null;
  at: number;
}
const product = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom('core', 'extra') });
const told = <K extends SignalKind>(kind: K, data: fc.Arbitrary<SignalData[K]>, who: fc.Arbitrary<string | null> = fc.constant(null)): fc.Arbitrary<Told> =>
  fc.record({ kind: fc.constant(kind), data, personId: who, product, importId: kind === 'person' ? fc.constantFrom(null, 'import-1', 'import-2') : fc.constant(null), at: fc.tuple(fc.oneof(day, fc.constantFrom(60, 120, 130)), fc.constantFrom(0, 12)).map(([d, h]) => start + d * dayMs + h * 3_600_000) });
export const status = <V extends string>(...values: V[]): fc.Arbitrary<V> => fc.constantFrom(...values);

const anySignal: fc.Arbitrary<Told> = fc.oneof(
  { weight: 6, arbitrary: told('usage', fc.record({ event: fc.constant('e'), quantity: fc.constantFrom(0, 0.3333, 0.7771, 1, 7, 1000), feature: status('export', 'share', 'other') }, { requiredKeys: ['event', 'quantity'] }), fc.option(person)) },
  told('license', fc.record({ seatsBought: fc.integer({ min: 0, max: 50 }), seatsAssigned: fc.integer({ min: 0, max: 50 }) })),
  { weight: 3, arbitrary: told('ticket', fc.record({ ticketId: status('t1', 't2', 't3'), status: status('opened', 'updated', 'escalated', 'solved', 'reopened'), priority: status('low', 'normal', 'high', 'urgent'), complaint: fc.boolean() })) },
  { weight: 2, arbitrary: told('survey', fc.record({ type: status('nps', 'csat', 'renewal_intent'), score: fc.integer({ min: 0, max: 10 }) }), fc.option(person)) },
  { weight: 2, arbitrary: told('engagement', fc.record({ type: status('meeting', 'call', 'mail'), outcome: status('held', 'no_show', 'declined'), direction: status('inbound', 'outbound'), attendees: fc.array(person.map((personId) => ({ personId })), { maxLength: 3 }) })) },
  { weight: 2, arbitrary: told('person', fc.record({ change: status('created', 'updated', 'bounced', 'deactivated', 'departed'), title: status('VP Sales', 'VP, Sales', 'CEO'), company: status('Acme', 'Globex'), roles: fc.subarray(['executive_sponsor', 'champion', 'power_user', 'user'] as const).map((roles) => [...roles]) }), person) },
  told('milestone', fc.record({ milestoneId: status('m1', 'm2'), name: status('M', 'N'), phase: status('value'), status: status('planned', 'achieved', 'missed'), dueOn: day.map(iso) })),
  told('metric', fc.record({ metric: status('x', 'y'), value: fc.integer({ min: -5, max: 15 }) })),
  told('pulse', fc.record({ pulse: fc.integer({ min: 1, max: 5 }), reason: fc.constant('r') })),
  told('invoice', fc.record({ invoiceId: status('i1', 'i2'), status: status('due', 'paid', 'overdue'), amountMinor: fc.constant(1), currency: fc.constant('EUR'), dueOn: day.map(iso) })),
  told('contract', fc.record({ contractId: status('k1', 'k2'), status: status('created', 'amended', 'cancel_scheduled', 'cancel_withdrawn', 'renewed'), startsOn: day.map((d) => iso(d - 200)), endsOn: fc.constant(null), arrMinor: fc.constant(1), currency: fc.constant('EUR') })),
  told('goal', fc.record({ goalId: status('g1', 'g2'), name: status('G'), metric: status('x', 'y'), baseline: fc.constant(0), target: fc.constantFrom(5, 10), dueOn: day.map(iso), status: status('set', 'confirmed', 'dropped') })),
  told('opportunity', fc.record({ opportunityId: status('o1', 'o2'), type: status('upsell', 'renewal'), stage: status('open', 'closed won'), amountMinor: fc.constant(1), currency: fc.constant('EUR'), closeOn: day.map(iso) })),
);
export const someSignals = fc.array(anySignal, { minLength: 1, maxLength: 60 });
export const resolved = (stories: readonly Told[]): Signal[] =>
  stories.map(({ kind, data, personId, product, importId, at }, i) => signalOf('acme', kind, data as never, at, { id: `id${i}`, ...(personId !== null && { personId }), ...(product !== null && { product }), ...(importId && { importId }) }));
