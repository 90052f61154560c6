import { Type } from 'typebox';

/** RFC 3339 instant. Written in UTC by us; an offset is accepted from others. */
export const Instant = Type.String({ format: 'date-time' });
/** ISO 8601 calendar day. */
export const Day = Type.String({ format: 'date' });
/** 1-200 characters without control characters. */
export const Id = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' });
/** ISO 4217 code. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' });
/** Integer minor units of the currency beside it. */
export const MinorUnits = Type.Integer({ minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 });
/** Strictly rising per (topic, key): epoch x 2^40 + n. */
export const Version = Type.Integer({ minimum: 1 });
/** Short human text. */
export const Text = Type.String({ maxLength: 10_000 });

export const RiskLevel = Type.Enum(['unknown', 'green', 'amber', 'red']);
export const Band = Type.Enum(['unknown', 'green', 'amber', 'red']);
export const CauseGroup = Type.Enum(['use', 'people', 'support', 'voice', 'delivery', 'commercial', 'hygiene', 'opportunity']);
export const StakeholderRole = Type.Enum(['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user']);
