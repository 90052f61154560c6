import { Type, type Static } from 'typebox';
import { Curve } from './curve.js';

const Share = Type.Number({ minimum: 0, maximum: 1 });
const Points = Type.Number({ minimum: 0, maximum: 100 });
const RoleName = Type.Enum(['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer']);

/** What is expected of an account by tier. A target of 0 makes the measure not applicable. */
export const TierTargets = Type.Object({
  /** Touches in 30 days. */
  touches: Type.Integer({ minimum: 0 }),
  /** Contacts touched in 90 days. */
  contacts: Type.Integer({ minimum: 0 }),
  requiredRoles: Type.Array(RoleName, { maxItems: 5 }),
}, { additionalProperties: false });
export type TierTargets = Static<typeof TierTargets>;

export const ScorecardMeasure = Type.Object({
  id: Type.String(),
  weight: Type.Number({ exclusiveMinimum: 0, maximum: 10_000 }),
  /** Points by value; null where the measure's settings make the curve. */
  curve: Type.Union([Curve, Type.Null()]),
  /** Days for which an answer counts; null: as long as its source lives, and `ageing.sourceDays` from then on. */
  validityDays: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
  /** Checked against the measure's own schema. */
  settings: Type.Record(Type.String(), Type.Unknown()),
}, { additionalProperties: false });
export type ScorecardMeasure = Static<typeof ScorecardMeasure>;

/** An indicator as one scorecard judges it. */
export const ScorecardIndicator = Type.Object({
  kind: Type.String(),
  /** Checked against the indicator's own schema. */
  settings: Type.Record(Type.String(), Type.Unknown()),
}, { additionalProperties: false });
export type ScorecardIndicator = Static<typeof ScorecardIndicator>;

export const ScorecardCap = Type.Object({
  id: Type.String(),
  limit: Points,
  /** Checked against the cap's own schema. */
  settings: Type.Record(Type.String(), Type.Unknown()),
}, { additionalProperties: false });
export type ScorecardCap = Static<typeof ScorecardCap>;

const Names = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100, uniqueItems: true });

/** Which accounts a scorecard is for: those that meet all that is stated. Nothing stated: all. */
export const Criteria = Type.Object({
  tiers: Type.Optional(Names),
  segments: Type.Optional(Names),
  /** Up to this day of the account's life, exclusive; day 0 is that on which its first contract began. */
  beforeDay: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Until the account achieves a milestone of this phase. */
  beforeMilestone: Type.Optional(Type.Enum(['onboarding', 'adoption', 'value'])),
}, { additionalProperties: false });
export type Criteria = Static<typeof Criteria>;

/** A scorecard: every number that turns facts into a score. Its revision is not in it: where it is kept, revisions are counted. */
export const Scorecard = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  description: Type.String({ maxLength: 2000 }),
  /** Of the primary ones the first by `order`, then id, whose criteria the account meets judges it; those in shadow score it besides, and nothing follows from it. */
  role: Type.Enum(['primary', 'shadow']),
  order: Type.Integer({ minimum: 0, maximum: 1000 }),
  criteria: Criteria,
  /** Days over which the weights go from those of the scorecard that an account comes from to these; 14 where it is left out, 0: at once. */
  switchDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 90 })),
  measures: Type.Array(ScorecardMeasure, { minItems: 1, maxItems: 50 }),
  bands: Type.Object({ amber: Points, green: Points }, { additionalProperties: false }),
  /** Improving a band takes this many points past its edge on this many days running. */
  improving: Type.Object({ points: Points, days: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  /** Share of the weight that must be fresh: below `green` no green; below `any` no band at all. */
  coverage: Type.Object({ green: Share, any: Share }, { additionalProperties: false }),
  /** Points stay for `keep` of the validity, then go to at most `neutral` at its end. */
  ageing: Type.Object({ keep: Share, neutral: Points, sourceDays: Type.Number({ exclusiveMinimum: 0 }) }, { additionalProperties: false }),
  tiers: Type.Record(Type.String(), TierTargets, { maxProperties: 50, propertyNames: { type: 'string', maxLength: 200 } }),
  defaultTier: Type.String(),
  caps: Type.Array(ScorecardCap, { maxItems: 50 }),
  indicators: Type.Array(ScorecardIndicator, { maxItems: 100 }),
  trend: Type.Object({
    days: Type.Integer({ minimum: 7, maximum: 28 }),
    fewestDays: Type.Integer({ minimum: 5 }),
    /** Least change over the whole span, points. */
    change: Points,
    /** Least absolute standard score of both tests of `trendOf`. */
    significance: Type.Number({ minimum: 0 }),
    /** Days running on which it must be seen; 1 where it is left out. 3.1 and 7 keep simulated stationary accounts below 5 % a quarter. */
    running: Type.Optional(Type.Integer({ minimum: 1, maximum: 7 })),
  }, { additionalProperties: false }),
}, { additionalProperties: false });
export type Scorecard = Static<typeof Scorecard>;
