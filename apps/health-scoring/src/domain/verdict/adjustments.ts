import type { HealthState } from '@perennial/contracts/health';
import type { Override } from '../state.js';
import { basisPoints } from './raw-score.js';

export interface Adjusted {
  /** Basis points; null without data and override. */
  readonly healthBp: number | null;
  /** 50 + contributions + these = health score. */
  readonly adjustments: HealthState['adjustments'];
  /** A cap lowered the score. */
  readonly capped: boolean;
  /** Of the lowest cap that holds, whether or not the raw score lies above it; basis points. */
  readonly limitBp: number | null;
  readonly overridden: boolean;
}

/** A cap below this is a fact that no override lifts. */
const hardLimit = 40;

/** First the lowest cap, then the override; all three numbers are kept. */
export function adjust(rawBp: number | null, cap: { readonly limit: number; readonly reason: string } | null, override: Pick<Override, 'healthScore' | 'reason'> | null): Adjusted {
  const adjustments: HealthState['adjustments'] = [];
  let healthBp = rawBp;
  let capped = false;
  const limitBp = cap === null ? null : basisPoints(cap.limit);
  if (healthBp !== null && cap !== null && limitBp !== null && limitBp < healthBp) {
    adjustments.push({ kind: 'cap', reason: cap.reason, points: (limitBp - healthBp) / 100 });
    healthBp = limitBp;
    capped = true;
  }
  if (override === null) return { healthBp, adjustments, capped, limitBp, overridden: false };
  const wanted = basisPoints(override.healthScore);
  const held = cap !== null && cap.limit < hardLimit && healthBp !== null;
  const given = held ? Math.min(wanted, healthBp ?? wanted) : wanted;
  const overridden = !held || given < (healthBp ?? given);
  if (given !== healthBp) adjustments.push({ kind: 'override', reason: override.reason, points: (given - (healthBp ?? 5000)) / 100 });
  return { healthBp: given, adjustments, capped, limitBp, overridden };
}
