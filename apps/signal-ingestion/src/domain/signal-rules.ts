import type { Fault } from '@perennial/contracts/validator';
import { faultOf } from '@perennial/contracts/validator';
import { signalInputSchema, signalKinds, type SignalInput, type SignalKind } from '@perennial/contracts/signal';
import { eventTime, parseInstant } from './event-time.js';
import { personIdFault, personKey } from './identifiers.js';
import type { ItemFault } from './item-fault.js';

/** What a deployment decides about the signals it takes. */
export interface SignalRules {
  /** The one reporting currency, ISO 4217. */
  readonly currency: string;
}

const schemas = new Map<string, ReturnType<typeof signalInputSchema>>(signalKinds.map((kind) => [kind, signalInputSchema(kind)]));

/** Ranges of survey scores by type. CSAT is asked on 1-5, CES on 1-7, the others on 0-10. */
const scoreRanges = { nps: [0, 10], csat: [1, 5], ces: [1, 7], renewal_intent: [0, 10] } as const;

/**
 * Checks one SIGNAL: its shape by the compiled schema of its kind, then what a schema
 * cannot say. `receivedAt` in ms. The value must have passed `structureFault`.
 */
export function signalFault(value: unknown, receivedAt: number, rules: SignalRules): ItemFault | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { code: 'not_an_object', pointer: '', detail: 'must be a JSON object' };
  const { kind } = value as { kind?: unknown };
  const schema = typeof kind === 'string' ? schemas.get(kind) : undefined;
  if (!schema) {
    const detail = kind === undefined ? 'is required: add it' : `is no kind of signal: use one of ${signalKinds.join(', ')}`;
    return { code: kind === undefined ? 'missing_field' : 'unknown_kind', pointer: '/kind', detail };
  }
  const fault = faultOf(schema, value);
  if (fault) return { code: codeOf(fault), pointer: fault.pointer, detail: fault.detail };
  return meaningFault(value as SignalInput, receivedAt, rules);
}

function codeOf(fault: Fault): string {
  if (fault.detail.startsWith('is required')) return 'missing_field';
  if (fault.detail.startsWith('is not a known field')) return 'unknown_field';
  return 'invalid_field';
}

function meaningFault(signal: SignalInput, receivedAt: number, rules: SignalRules): ItemFault | null {
  if (signal.accountId === undefined && signal.personId === undefined) {
    return { code: 'identity_missing', pointer: '', detail: 'names neither accountId nor personId: give at least one' };
  }
  return (
    (signal.personId === undefined ? null : personIdFault(signal.personId, '/personId')) ?? timeFault(signal, receivedAt) ?? dayFault(signal.data) ?? dataFault(signal, rules)
  );
}

function timeFault(signal: SignalInput, receivedAt: number): ItemFault | null {
  if (signal.occurredAt === undefined) return null;
  const original = parseInstant(signal.occurredAt);
  if (original === null) return { code: 'timestamp_invalid', pointer: '/occurredAt', detail: 'is no instant of the calendar: send RFC 3339, e.g. 2026-01-31T09:30:00.000Z' };
  const time = eventTime({ receivedAt, original, sentAt: null });
  return 'code' in time ? { ...time, pointer: '/occurredAt' } : null;
}

const dayFields = ['dueOn', 'startsOn', 'endsOn', 'effectiveOn', 'closeOn'] as const;

/** A date of year 1 is an empty field of some system, and an invoice due then would be overdue by two thousand years. */
function dayFault(fields: object): ItemFault | null {
  const data: Partial<Record<string, unknown>> = { ...fields };
  const field = dayFields.find((name) => {
    const day = data[name];
    return typeof day === 'string' && day < '1970-01-01';
  });
  return field === undefined ? null : { code: 'date_out_of_range', pointer: `/data/${field}`, detail: 'lies before 1970: send the date that is meant, or leave the field out' };
}

function dataFault(signal: SignalInput, rules: SignalRules): ItemFault | null {
  switch (signal.kind) {
    case 'survey': {
      const [low, high] = scoreRanges[signal.data.type];
      return signal.data.score < low || signal.data.score > high
        ? { code: 'score_out_of_range', pointer: '/data/score', detail: `a score of type ${signal.data.type} lies from ${low} to ${high}` }
        : null;
    }
    case 'goal':
      return hasDistance(signal.data)
        ? null
        : { code: 'goal_without_distance', pointer: '/data/target', detail: 'equals the baseline, or lies nearer to it than a billionth of the larger of the two (of 1 for small ones), so no progress could be measured: set another target, or another unit' };
    case 'contract':
      if (signal.data.endsOn !== null && signal.data.endsOn < signal.data.startsOn) return { code: 'term_ends_before_start', pointer: '/data/endsOn', detail: 'lies before startsOn: mend one of them' };
      return currencyFault(signal.data.currency, rules);
    case 'invoice':
    case 'opportunity':
      return currencyFault(signal.data.currency, rules);
    case 'engagement': {
      const at = signal.data.attendees?.findIndex((attendee) => personIdFault(attendee.personId, '') !== null) ?? -1;
      return at < 0 ? null : { code: 'person_id_invalid', pointer: `/data/attendees/${at}/personId`, detail: 'starts with email: but no address follows: send email:<address> or your own user id' };
    }
    default:
      return null;
  }
}

/** Progress is divided by the distance: one that is lost beside its numbers, or next to nothing, makes of any value anything. */
const hasDistance = ({ baseline, target }: { readonly baseline: number; readonly target: number }): boolean =>
  Math.abs(target - baseline) >= 1e-9 * Math.max(1, Math.abs(baseline), Math.abs(target));

function currencyFault(currency: string, rules: SignalRules): ItemFault | null {
  if (currency === rules.currency) return null;
  return { code: 'currency_not_configured', pointer: '/data/currency', detail: `amounts are kept in ${rules.currency}, not ${currency}: convert them, or set REPORTING_CURRENCY before the first event` };
}

/** The same signal with person ids in the form under which people are known. */
export function normalised(signal: SignalInput): SignalInput {
  const personId = signal.personId === undefined ? {} : { personId: personKey(signal.personId) };
  if (signal.kind !== 'engagement' || !signal.data.attendees) return { ...signal, ...personId };
  const attendees = signal.data.attendees.map((attendee) => ({ ...attendee, personId: personKey(attendee.personId) }));
  return { ...signal, ...personId, data: { ...signal.data, attendees } };
}

export function isSignalKind(kind: string): kind is SignalKind {
  return schemas.has(kind);
}
