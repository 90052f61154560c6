import { indicatorByKind } from '../indicators/all-indicators.js';
import { isRisk } from '../indicators/indicator.js';
import type { ActiveIndicator, CauseGroup, Review } from '../state.js';

export interface Strikes {
  readonly count: number;
  /** Groups that strike, from `use` to `commercial`. */
  readonly groups: CauseGroup[];
  readonly savePlanReview: boolean;
}

const order: readonly CauseGroup[] = ['use', 'people', 'support', 'voice', 'delivery', 'commercial'];
const reviewFrom = 3;

/** What strikes go by. */
type Striking = Pick<ActiveIndicator, 'kind' | 'evidence' | 'byRevision'>;

export const groupOf = (indicator: Pick<ActiveIndicator, 'kind'>): CauseGroup => indicatorByKind.get(indicator.kind)?.group ?? 'hygiene';

/** Groups with an active risk indicator; indicators that share evidence count once. */
export function strikesOf(indicators: readonly Striking[], reviews: readonly Review[]): Strikes {
  const risks = indicators.filter((indicator) => isRisk(groupOf(indicator)));
  if (risks.length === 0) return { count: 0, groups: [], savePlanReview: false };
  const groups = distinctGroups(risks);
  // A scorecard that finds more starts no review by itself.
  const called = risks.some(({ byRevision }) => byRevision) ? distinctGroups(risks.filter(({ byRevision }) => !byRevision)) : groups;
  const decided = reviews.filter((review) => review.state === 'decided');
  const settled = new Set(decided.flatMap((review) => review.groups));
  const isNew = decided.length === 0 || called.some((group) => !settled.has(group));
  return { count: groups.length, groups, savePlanReview: called.length >= reviewFrom && isNew };
}

/** As many groups as can each be given a cause of their own (augmenting paths; at most six groups). */
function distinctGroups(risks: readonly Striking[]): CauseGroup[] {
  const causes = causesOf(risks);
  const takenBy = new Map<number, CauseGroup>();
  const give = (group: CauseGroup, tried: Set<number>): boolean =>
    risks.some((indicator, i) => {
      const cause = causes[i] ?? i;
      if (groupOf(indicator) !== group || tried.has(cause)) return false;
      tried.add(cause);
      const holder = takenBy.get(cause);
      if (holder !== undefined && !give(holder, tried)) return false;
      takenBy.set(cause, group);
      return true;
    });
  for (const group of order) give(group, new Set());
  const struck = new Set(takenBy.values());
  return order.filter((group) => struck.has(group));
}

/** Number of the cause behind each indicator: those with evidence in common have one, those without evidence their own. */
function causesOf(risks: readonly Striking[]): number[] {
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
