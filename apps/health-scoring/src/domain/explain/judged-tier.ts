import type { Scorecard } from '../scorecard/scorecard.js';
import { words } from '../words.js';

/** By what is expected of which tier an account is judged. */
export interface JudgedTier {
  /** What was told of the account; null: nothing. */
  readonly told: string | null;
  /** A tier of the scorecard. */
  readonly judgedAs: string;
  readonly text: string;
}

/** A tier that the scorecard does not name is judged as its default one, and is told so. */
export function judgedTierOf(told: string | null, { tiers, defaultTier }: Pick<Scorecard, 'tiers' | 'defaultTier'>): JudgedTier {
  if (told === null) return { told, judgedAs: defaultTier, text: words.explain.tier.untold(defaultTier) };
  if (Object.hasOwn(tiers, told)) return { told, judgedAs: told, text: words.explain.tier.named(told) };
  return { told, judgedAs: defaultTier, text: words.explain.tier.unknown(told, defaultTier, Object.keys(tiers)) };
}
