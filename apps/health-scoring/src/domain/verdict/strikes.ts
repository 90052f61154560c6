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
type Striking = Pick<ActiveIndicator, 'kind' | 'evidence' | 'byRevision' | 'calls'>;

export const groupOf = (indicator: Pick<ActiveIndicator, 'kind'>): CauseGroup => indicatorByKind.get(indicator.kind)?.group ?? 'hygiene';

/** Groups with an active risk indicator; indicators that share evidence count once. */
export function strikesOf(indicators: readonly Striking[], reviews: readonly Review[]): Strikes {
  const told = risksAmong(indicators);
  if (told.length === 0) return { count: 0, groups: [], savePlanReview: false };
  const groups = struckBy(told);
  // A scorecard that finds more starts no review by itself; what happens to the account beside it does.
  const happened = told.some(({ byRevision }) => byRevision) ? struckBy(told.filter(({ byRevision }) => !byRevision)) : groups;
  const isCalled = happened.length >= reviewFrom || (groups.length >= reviewFrom && told.some(({ calls }) => calls));
  const decided = reviews.filter((review) => review.state === 'decided');
  const settled = new Set(decided.flatMap((review) => review.groups));
  const isNew = decided.length === 0 || happened.some((group) => !settled.has(group));
  return { count: groups.length, groups, savePlanReview: isCalled && isNew };
}

/** True where what was `raised` now, by what happened, brings a third strike or a further one. `indicators`: all that are active, those among them. */
export function bringsReview(indicators: readonly Striking[], raised: ReadonlySet<Striking>): boolean {
  const groups = struckBy(risksAmong(indicators));
  return groups.length >= reviewFrom && groups.length > struckBy(risksAmong(indicators.filter((indicator) => !raised.has(indicator)))).length;
}

const risksAmong = <S extends Striking>(indicators: readonly S[]): (S & Risk)[] => indicators.filter((indicator) => isRisk(groupOf(indicator))).map((indicator) => ({ ...indicator, group: groupOf(indicator) }));

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
