import type { Indicator } from '@perennial/contracts/health';
import { isRisk } from '../indicators/indicator.js';
import type { CauseGroup, Review } from '../state.js';
import { causesOf, distinctGroups, strikingGroups, type Strikes } from './strikes.js';

export interface LedgerGroup {
  readonly group: CauseGroup;
  /** It is one of the strikes. False: all it has rests on evidence that another group is counted for. */
  readonly counted: boolean;
  /** Groups whose indicators have evidence in common with its own. */
  readonly sharesEvidenceWith: readonly CauseGroup[];
  readonly indicators: readonly Indicator[];
}

/** Why the account has as many strikes as it has. */
export interface StrikeLedger {
  readonly strikes: Strikes;
  readonly groups: readonly LedgerGroup[];
  /** Each set of indicators that share evidence, and the group it is counted for; null: another cause stands for its groups already. */
  readonly causes: readonly { readonly indicators: readonly string[]; readonly groups: readonly CauseGroup[]; readonly countedFor: CauseGroup | null; readonly sharedEvidence: readonly string[] }[];
  /** Shown, and never a strike: our own homework, and opportunities. */
  readonly never: readonly Indicator[];
  readonly reviews: readonly Review[];
}

/** The account of strikes of a verdict: which groups count, and which were folded together because they share their evidence. */
export function strikeLedgerOf(indicators: readonly Indicator[], strikes: Strikes, reviews: readonly Review[]): StrikeLedger {
  const risks = indicators.filter(({ group }) => isRisk(group));
  const causes = causesOf(risks);
  const countedFor = distinctGroups(risks);
  const groups = strikingGroups.filter((group) => risks.some((risk) => risk.group === group));
  const causesIn = (group: CauseGroup): Set<number | undefined> => new Set(causes.filter((_, i) => risks[i]?.group === group));
  return {
    strikes,
    groups: groups.map((group) => ({
      group,
      counted: strikes.groups.includes(group),
      sharesEvidenceWith: groups.filter((other) => other !== group && [...causesIn(other)].some((cause) => causesIn(group).has(cause))),
      indicators: risks.filter((risk) => risk.group === group),
    })),
    causes: [...new Set(causes)].map((cause) => {
      const members = risks.filter((_, i) => causes[i] === cause);
      return { indicators: members.map(({ id }) => id), groups: strikingGroups.filter((group) => members.some((member) => member.group === group)), countedFor: countedFor.get(cause) ?? null, sharedEvidence: sharedOf(members) };
    }),
    never: indicators.filter(({ group }) => !isRisk(group)),
    reviews,
  };
}

/** Signals that more than one of them rests on. */
function sharedOf(members: readonly Indicator[]): string[] {
  const times = new Map<string, number>();
  for (const { evidence } of members) for (const id of new Set(evidence)) times.set(id, (times.get(id) ?? 0) + 1);
  return [...times].filter(([, count]) => count > 1).map(([id]) => id);
}
