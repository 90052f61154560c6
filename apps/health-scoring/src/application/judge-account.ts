import type { RiskChange } from '@perennial/contracts/health';
import { isOtherScorecard, look, type LookContext, type Verdict } from '../domain/look.js';
import { chooseScorecards } from '../domain/scorecard/choose-scorecard.js';
import type { AccountHealthState, Cause } from '../domain/state.js';
import type { Move } from './scorecard-store.js';
import type { Policy } from './scoring-policy.js';

/** What one look, or two, came to. */
export interface Judgement {
  readonly verdict: Verdict;
  /** In order; each with its own cause. */
  readonly riskChanges: readonly Omit<RiskChange, 'version'>[];
  /** What the change of scorecard alone moved; null: nothing, or there was none. */
  readonly move: Move | null;
}

type When = Pick<LookContext, 'asOf' | 'sources'>;

/** True when the account was last judged by a revision that another one has replaced since. */
export function isOutdated({ memory }: AccountHealthState, policy: Policy): boolean {
  const { judgedBy, generation } = memory;
  return generation < policy.generation && judgedBy !== null && !policy.primary.some(({ id, revision }) => id === judgedBy.id && revision === judgedBy.revision);
}

/** Looks at an outdated account as it stands, before anything new is applied: what the scorecard changed is told apart from what happened. */
export function judgeAnew(state: AccountHealthState, policy: Policy, when: When): Judgement | null {
  return byNewScorecard(state, policy, when, state.memory.generation, []);
}

/**
 * Looks at the account. Where what was applied brings it under another scorecard, it is looked at by the former one first, so
 * that only the change between the two is the scorecard's.
 */
export function judgeAccount(state: AccountHealthState, policy: Policy, when: When, cause: Cause): Judgement | null {
  const chosen = chooseScorecards(state, when.asOf, policy);
  const former = policy.primary.find(({ id }) => id === state.memory.judgedBy?.id);
  if (former === undefined || former === chosen.scorecard) {
    const verdict = look(state, { ...when, ...chosen, ...settingsOf(policy), cause });
    return verdict && { verdict, riskChanges: changesOf(verdict), move: null };
  }
  const { generation } = state.memory;
  const before = look(state, { ...when, ...settingsOf(policy), scorecard: former, cause });
  return before && byNewScorecard(state, policy, when, generation, changesOf(before));
}

function byNewScorecard(state: AccountHealthState, policy: Policy, when: When, generation: number, earlier: Judgement['riskChanges']): Judgement | null {
  const chosen = chooseScorecards(state, when.asOf, policy);
  const { memory, accountId } = state;
  // An account that grows out of a scorecard's criteria is moved by itself, not by a publication.
  const isPublished = generation < policy.generation && isOtherScorecard(memory, chosen.scorecard);
  const { band: fromBand, riskLevel: fromRisk } = memory;
  const verdict = look(state, { ...when, ...chosen, ...settingsOf(policy), cause: 'revision' });
  if (verdict === null) return null;
  const { band: toBand, riskLevel: toRisk } = verdict.health;
  const move = isPublished && (fromBand !== toBand || fromRisk !== toRisk) ? { accountId, fromBand, toBand, fromRisk, toRisk } : null;
  return { verdict, riskChanges: [...earlier, ...changesOf(verdict)], move };
}

const settingsOf = ({ generation, plan, observe, keyFeatures, usagePeers }: Policy): Pick<LookContext, 'generation' | 'plan' | 'observe' | 'keyFeatures' | 'usagePeers'> => ({ generation, plan, observe, keyFeatures, usagePeers });
const changesOf = ({ riskChange }: Verdict): Judgement['riskChanges'] => (riskChange === null ? [] : [riskChange]);
