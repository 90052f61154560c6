import type { AccountHealthState, Override } from './state.js';
import { dayMs, type EpochMs } from './time/day.js';

/** Longest life of an override, days. */
export const longestOverrideDays = 60;

export type OverrideRefusal = { readonly refused: 'reason_required' | 'score_out_of_range' | 'expiry_not_ahead' | 'expiry_too_far'; readonly detail: string };
export type OverrideOutcome = { readonly set: Override } | OverrideRefusal;

/** Puts a person's score in place of the computed one; an earlier override is replaced. The caller looks afterwards. */
export function setOverride(state: AccountHealthState, override: Override, now: EpochMs): OverrideOutcome {
  if (override.reason.trim() === '') return { refused: 'reason_required', detail: 'say why the computed score is wrong' };
  if (!(override.healthScore >= 0 && override.healthScore <= 100)) return { refused: 'score_out_of_range', detail: 'healthScore lies between 0 and 100' };
  if (!(override.expiresAt > now)) return { refused: 'expiry_not_ahead', detail: 'expiresAt must lie ahead' };
  if (override.expiresAt > now + longestOverrideDays * dayMs) return { refused: 'expiry_too_far', detail: `expiresAt may be at most ${longestOverrideDays} days ahead` };
  const set = { ...override, healthScore: Math.round(override.healthScore * 100) / 100 };
  state.override = set;
  state.pendingCause ??= 'override';
  return { set };
}

/** Takes an override back. The caller looks afterwards. */
export function withdrawOverride(state: AccountHealthState, overrideId: string, now: EpochMs): 'withdrawn' | 'unknown' {
  if (state.override?.id !== overrideId || state.override.expiresAt <= now) return 'unknown';
  state.override = null;
  state.pendingCause ??= 'override';
  return 'withdrawn';
}
