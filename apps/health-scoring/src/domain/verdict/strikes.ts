import { indicatorByKind } from '../indicators/all-indicators.js';
import { isRisk } from '../indicators/indicator.js';
import type { ActiveIndicator, CauseGroup, Review } from '../state.js';

export interface Strikes {
  readonly count: number;
  /** Groups that strike, from `use` to `commercial`. */
  readonly groups: CauseGroup[];
  readonly savePlanReview: boolean;
}

/** Groups that strike, in the order they are told in. */
export const strikingGroups: readonly CauseGroup[] = ['use', 'people', 'support', 'voice', 'delivery', 'commercial'];
const reviewFrom = 3;

/** What strikes go by. */
type Striking = Pick<ActiveIndicator, 'kind' | 'evidence' | 'byRevision'>;

export const groupOf = (indicator: Pick<ActiveIndicator, 'kind'>): CauseGroup => indicatorByKind.get(indicator.kind)?.group ?? 'hygiene';

/** Groups with an active risk indicator; indicators that share evidence count once. */
export function strikesOf(indicators: readonly Striking[], reviews: readonly Review[]): Strikes {
  const risks = indicators.filter((indicator) => isRisk(groupOf(indicator)));
  if (risks.length === 0) return { count: 0, groups: [], savePlanReview: false };
  const told = risks.map((indicator) => ({ ...indicator, group: groupOf(indicator) }));
  const groups = struckBy(told);
  // A scorecard that finds more starts no review by itself.
  const called = told.some(({ byRevision }) => byRevision) ? struckBy(told.filter(({ byRevision }) => !byRevision)) : groups;
  const settled = new Set(reviews.filter((review) => review.state === 'decided').flatMap((review) => review.groups));
  const isNew = called.some((group) => !settled.has(group));
  return { count: groups.length, groups, savePlanReview: called.length >= reviewFrom && isNew };
}

interface Risk {
  readonly group: CauseGroup;
  readonly evidence: readonly string[];
}

function struckBy(risks: readonly Risk[]): CauseGroup[] {
  const struck = new Set(distinctGroups(risks).values());
  return strikingGroups.filter((group) => struck.has(group));
}

/** As many groups as can each be given a cause of their own (augmenting paths; at most six groups), by cause. */
export function distinctGroups(risks: readonly Risk[]): ReadonlyMap<number, CauseGroup> {
  const causes = causesOf(risks);
  const takenBy = new Map<number, CauseGroup>();
  const give = (group: CauseGroup, tried: Set<number>): boolean =>
    risks.some((indicator, i) => {
      const cause = causes[i] ?? i;
      if (indicator.group !== group || tried.has(cause)) return false;
      tried.add(cause);
      const holder = takenBy.get(cause);
      if (holder !== undefined && !give(holder, tried)) return false;
      takenBy.set(cause, group);
      return true;
    });
  for (const group of strikingGroups) give(group, new Set());
  return takenBy;
}

/** Number of the cause behind each indicator: those with evidence in common have one, those without evidence their own. */
export function causesOf(risks: readonly Pick<Risk, 'evidence'>[]): number[] {
  const causes = risks.map((_, i) => i);
  risks.forEach((indicator, i) => {
    for (let j = 0; j < i; j += 1) {
      if (!risks[j]?.evidence.some((id) => indicator.evidence.includes(id))) continue;
      const [from, to] = [causes[i], causes[j]];
      causes.forEach((cause, k) => {
        if (cause === from) causes[k] = to ?? cause;
      });
    }
  });
  return causes;
}
