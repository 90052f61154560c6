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
  weight: Type.Number({ exclusiveMinimum: 0 }),
  /** Points by value; null where the measure's settings make the curve. */
  curve: Type.Union([Curve, Type.Null()]),
  /** Days for which an answer counts; null: as long as its source lives, and `ageing.sourceDays` from then on. */
  validityDays: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
  /** Checked against the measure's own schema. */
  settings: Type.Record(Type.String(), Type.Unknown()),
}, { additionalProperties: false });
export type ScorecardMeasure = Static<typeof ScorecardMeasure>;

/** A scorecard: every number that turns facts into a score. */
export const Scorecard = Type.Object({
  id: Type.String({ minLength: 1 }),
  revision: Type.Integer({ minimum: 1 }),
  description: Type.String(),
  measures: Type.Array(ScorecardMeasure, { minItems: 1 }),
  bands: Type.Object({ amber: Points, green: Points }, { additionalProperties: false }),
  /** Improving a band takes this many points past its edge on this many days running. */
  improving: Type.Object({ points: Points, days: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  /** Share of the weight that must be fresh: below `green` no green; below `any` no band at all. */
  coverage: Type.Object({ green: Share, any: Share }, { additionalProperties: false }),
  /** Points stay for `keep` of the validity, then go to at most `neutral` at its end. */
  ageing: Type.Object({ keep: Share, neutral: Points, sourceDays: Type.Number({ exclusiveMinimum: 0 }) }, { additionalProperties: false }),
  tiers: Type.Record(Type.String(), TierTargets),
  defaultTier: Type.String(),
  caps: Type.Array(Type.Object({ id: Type.String(), limit: Points, settings: Type.Record(Type.String(), Type.Unknown()) }, { additionalProperties: false })),
  trend: Type.Object({
    days: Type.Integer({ minimum: 7, maximum: 28 }),
    fewestDays: Type.Integer({ minimum: 4 }),
    /** Least change over the whole span, points. */
    change: Points,
    /** Least absolute standard score of both tests of `trendOf`; 2.1 keeps simulated flat accounts below 5 %. */
    significance: Type.Number({ minimum: 0 }),
  }, { additionalProperties: false }),
}, { additionalProperties: false });
export type Scorecard = Static<typeof Scorecard>;
