import { accountsIn, type Estimate } from './auc.js';
import { shownLevel } from './share.js';

/**
 * What a figure lets anybody say. `too_few`: nothing, outcomes are missing. `no_signal`: it may be chance. `signal`: it
 * warns of losses. `reversed`: it points the wrong way.
 */
export type Finding = 'too_few' | 'no_signal' | 'signal' | 'reversed';

/** Accounts that were lost, and that renewed, below which a figure means nothing. */
export const fewestAccounts = 10;

export function isTooFew(terms: readonly { readonly accountId: string; readonly lost: boolean }[]): boolean {
  return accountsIn(terms.filter(({ lost }) => lost)) < fewestAccounts || accountsIn(terms.filter(({ lost }) => !lost)) < fewestAccounts;
}

/** Of `count` figures looked at together one may seem to say something by chance: each is then held to a stricter level (Bonferroni). */
export const claimLevel = (count: number): number => shownLevel / Math.max(1, count);

/** What an interval at the claim level says against what chance would give. */
export function findingOf({ low, high }: Pick<Estimate, 'low' | 'high'>, chance: number): Finding {
  if (low > chance) return 'signal';
  return high < chance ? 'reversed' : 'no_signal';
}
