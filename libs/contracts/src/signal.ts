import { Type, type Static, type TProperties } from 'typebox';
import { Currency, Day, Id, Instant, MinorUnits, StakeholderRole, Text, Version } from './primitives.js';

const optional = Type.Optional;
const Score = Type.Number({ minimum: 0, maximum: 10 });

/** The fields of `data`, by signal kind. A new kind starts here. */
export const signalDataFields = {
  usage: {
    event: Type.String({ minLength: 1, maxLength: 200 }),
    quantity: optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    feature: optional(Type.String({ minLength: 1, maxLength: 200 })),
    properties: optional(Type.Record(Type.String(), Type.Unknown())),
  },
  license: {
    seatsBought: Type.Integer({ minimum: 0, maximum: 1e9 }),
    seatsAssigned: optional(Type.Integer({ minimum: 0, maximum: 1e9 })),
  },
  ticket: {
    ticketId: Id,
    status: Type.Enum(['opened', 'updated', 'escalated', 'solved', 'reopened']),
    priority: Type.Enum(['low', 'normal', 'high', 'urgent']),
    complaint: optional(Type.Boolean()),
    subject: optional(Text),
  },
  survey: {
    type: Type.Enum(['nps', 'csat', 'ces', 'renewal_intent']),
    score: Score,
    comment: optional(Text),
    surveyId: optional(Id),
  },
  engagement: {
    type: Type.Enum(['meeting', 'call', 'mail', 'qbr', 'introduction_asked']),
    outcome: optional(Type.Enum(['held', 'no_show', 'declined'])),
    direction: optional(Type.Enum(['inbound', 'outbound'])),
    attendees: optional(Type.Array(Type.Object({ personId: Id, role: optional(StakeholderRole) }), { maxItems: 500 })),
    threadId: optional(Id),
    ticketId: optional(Id),
    goalId: optional(Id),
  },
  person: {
    change: Type.Enum(['created', 'updated', 'deactivated', 'bounced', 'departed']),
    email: optional(Type.String({ minLength: 3, maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$' })),
    name: optional(Type.String({ maxLength: 500 })),
    title: optional(Type.String({ maxLength: 500 })),
    roles: optional(Type.Array(StakeholderRole, { maxItems: 6 })),
    company: optional(Type.String({ maxLength: 500 })),
  },
  milestone: {
    milestoneId: Id,
    name: Type.String({ minLength: 1, maxLength: 500 }),
    phase: Type.Enum(['onboarding', 'adoption', 'value']),
    status: Type.Enum(['planned', 'achieved', 'missed']),
    dueOn: optional(Day),
  },
  metric: {
    metric: Type.String({ minLength: 1, maxLength: 200 }),
    value: Type.Number(),
    unit: optional(Type.String({ maxLength: 50 })),
  },
  pulse: { pulse: Type.Integer({ minimum: 1, maximum: 5 }), reason: Text },
  note: { text: Text, author: Type.String({ minLength: 1, maxLength: 320 }) },
  invoice: {
    invoiceId: Id,
    status: Type.Enum(['due', 'paid', 'failed', 'overdue']),
    amountMinor: MinorUnits,
    currency: Currency,
    dueOn: Day,
  },
  contract: {
    contractId: Id,
    status: Type.Enum(['created', 'amended', 'agreed', 'extended', 'cancel_scheduled', 'cancel_withdrawn', 'cancelled', 'renewed', 'lost']),
    startsOn: Day,
    endsOn: Type.Union([Day, Type.Null()]),
    arrMinor: MinorUnits,
    currency: Currency,
    seats: optional(Type.Integer({ minimum: 0, maximum: 1e9 })),
    noticeDays: optional(Type.Integer({ minimum: 0, maximum: 3650 })),
    autoRenew: optional(Type.Boolean()),
    product: optional(Id),
    effectiveOn: optional(Day),
    reason: optional(Text),
    controllable: optional(Type.Boolean()),
  },
  goal: {
    goalId: Id,
    name: Type.String({ minLength: 1, maxLength: 500 }),
    metric: Type.String({ minLength: 1, maxLength: 200 }),
    baseline: Type.Number(),
    target: Type.Number(),
    startsOn: optional(Day),
    dueOn: Day,
    weight: optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
    status: Type.Enum(['set', 'confirmed', 'dropped']),
    actual: optional(Type.Number()),
  },
  opportunity: {
    opportunityId: Id,
    type: Type.Enum(['renewal', 'upsell', 'cross_sell']),
    stage: Type.String({ minLength: 1, maxLength: 200 }),
    amountMinor: MinorUnits,
    currency: Currency,
    closeOn: Day,
    forecastCategory: optional(Type.String({ maxLength: 100 })),
  },
} as const satisfies Record<string, TProperties>;

export type SignalKind = keyof typeof signalDataFields;
export const signalKinds = Object.keys(signalDataFields) as readonly SignalKind[];
export const signalType = <K extends SignalKind>(kind: K) => `perennial.signal.${kind}.v1` as const;

type Data<K extends SignalKind> = Static<ReturnType<typeof Type.Object<(typeof signalDataFields)[K]>>>;
export type SignalData = { [K in SignalKind]: Data<K> };

/**
 * A SIGNAL as a producer sends it (POST /api/v1/signals, or CloudEvent on the telemetry topic).
 * Unknown fields are refused here, at the border, so that a misspelt name is never lost silently.
 */
export function signalInputSchema(kind: SignalKind) {
  return Type.Object(
    {
      id: optional(Id),
      kind: Type.Literal(kind),
      accountId: optional(Id),
      personId: optional(Id),
      occurredAt: optional(Instant),
      source: optional(Id),
      product: optional(Id),
      data: Type.Object(signalDataFields[kind], { additionalProperties: false }),
    },
    { additionalProperties: false },
  );
}

/** A SIGNAL as a producer sends it: what `signalInputSchema` takes. */
export type SignalInput = {
  [K in SignalKind]: {
    id?: string; kind: K; accountId?: string; personId?: string; occurredAt?: string; source?: string; product?: string; data: SignalData[K];
  };
}[SignalKind];

/** A signal on the `signals` topic: identity resolved, time corrected. Open to added fields. */
export function resolvedSignalSchema<K extends SignalKind>(kind: K) {
  return Type.Object({
    id: Id,
    kind: Type.Literal(kind),
    accountId: Id,
    personId: Type.Union([Id, Type.Null()]),
    /** Corrected business time of the event. */
    occurredAt: Instant,
    /** When the front door took it. */
    receivedAt: Instant,
    sourceId: Id,
    product: Type.Union([Id, Type.Null()]),
    /** True where occurredAt lay more than 5 min ahead of receipt and was clamped. */
    clamped: Type.Boolean(),
    data: Type.Object(signalDataFields[kind]),
    /** Of a `person` signal that a file told: the import. */
    importId: optional(Id),
    version: Version,
  });
}

/** A signal on the `signals` topic. Narrow with `signal.kind`. */
export type Signal = { [K in SignalKind]: Omit<Static<ReturnType<typeof resolvedSignalSchema<K>>>, 'kind' | 'data'> & { kind: K; data: SignalData[K] } }[SignalKind];
export type SignalOf<K extends SignalKind> = Extract<Signal, { kind: K }>;
