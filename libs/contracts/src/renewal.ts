import { Type, type Static } from 'typebox';
import { Currency, Day, Id, Instant, MinorUnits, Version } from './primitives.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const Forecast = Type.Object({
  probability: Type.Number({ minimum: 0, maximum: 1 }),
  method: Type.Enum(['scorecard', 'map', 'additive', 'boosted', 'base_rate', 'state']),
  /** Number of account-term outcomes the method rests on. */
  outcomes: Type.Integer({ minimum: 0 }),
  seedPrior: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  /** baseLogOdds + sum of drivers = log-odds of probability within 1e-9; null for method `state`. */
  baseLogOdds: nullable(Type.Number()),
  drivers: Type.Array(Type.Object({ id: Type.String(), text: Type.String(), logOdds: Type.Number() })),
  /** Names the state for method `state`, the label of the goals otherwise. */
  text: Type.String(),
  asOf: Instant,
  model: Type.String(),
});
export type Forecast = Static<typeof Forecast>;

/** A renewal without a version of its own: it travels inside the account's state. */
export const Renewal = Type.Object({
  /** `<contractId>~<term end>`: eleven characters longer than an id. */
  id: Type.String({ minLength: 12, maxLength: 211 }),
  accountId: Id,
  contractId: Id,
  /** First day of the term. */
  startsOn: Type.Optional(Day),
  renewalOn: Day,
  /** The last day the customer can still say no; equals renewalOn without a notice period. */
  noticeOn: Day,
  /** When it became known what becomes of the term (notice, signature, loss); null: it is open, or nobody said anything. */
  decidedOn: Type.Optional(nullable(Day)),
  arrMinor: MinorUnits,
  currency: Currency,
  state: Type.Enum(['open', 'agreed', 'renewed', 'extended', 'churn_notified', 'churned']),
  outcome: nullable(Type.Enum(['flat', 'upsell', 'downsell', 'extended', 'churned'])),
  forecast: nullable(Forecast),
});
export type Renewal = Static<typeof Renewal>;

/** All renewals of one account. */
export const RenewalsState = Type.Object({
  accountId: Id,
  /** Sum of running contracts today. */
  arrMinor: MinorUnits,
  currency: nullable(Currency),
  renewals: Type.Array(Renewal),
  version: Version,
});
export type RenewalsState = Static<typeof RenewalsState>;
