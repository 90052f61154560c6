import type { SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { shortName } from './keep-newest.js';
import { keepOpen, mostIn, type Standing } from './keep-open.js';
import { isAfter, latest, type Mark } from './mark.js';
import { current, state, type Spans } from './spans.js';

/** What was agreed: how far a metric shall move, and by when. */
export interface GoalTerms {
  readonly metric: string;
  readonly baseline: number;
  readonly target: number;
  readonly startsOn: EpochDay | null;
  readonly dueOn: EpochDay;
  readonly weight: number;
}

export interface GoalFacts {
  name: Mark & { readonly value: string };
  readonly terms: Spans<GoalTerms>;
  /** The customer's confirmation; `value` null counts as reached. */
  confirmed: (Mark & { readonly value: number | null }) | null;
  dropped: Mark | null;
}

const room = { settled: 50, others: 250 };
export const mostGoals = mostIn(room);
const mostTerms = 8;

const sameTerms = (a: GoalTerms, b: GoalTerms): boolean =>
  a.metric === b.metric && a.baseline === b.baseline && a.target === b.target && a.startsOn === b.startsOn && a.dueOn === b.dueOn && a.weight === b.weight;

export function foldGoal(goals: Map<string, GoalFacts>, signal: SignalOf<'goal'>, mark: Mark): void {
  const { goalId, name, metric, baseline, target, startsOn, dueOn, weight, status, actual } = signal.data;
  const named = { ...mark, value: shortName(name) };
  let goal = goals.get(goalId);
  if (goal === undefined) goals.set(goalId, (goal = { name: named, terms: [], confirmed: null, dropped: null }));
  else goal.name = latest(goal.name, named);
  if (status === 'dropped') {
    goal.dropped = latest(goal.dropped, mark);
  } else {
    const terms = { metric, baseline, target, startsOn: startsOn === undefined ? null : parseDay(startsOn), dueOn: parseDay(dueOn), weight: weight ?? 1 };
    state(goal.terms, terms, mark, mostTerms, sameTerms);
  }
  if (status === 'confirmed') goal.confirmed = latest(goal.confirmed, { ...mark, value: actual ?? null });
  keepOpen(goals, room, standingOf, (known) => known.name);
}

const standingOf = (goal: GoalFacts): Standing => (termsOf(goal) !== null ? 'open' : goal.terms.length > 0 ? 'settled' : 'ended');

/** The terms that count now; null for a goal that was dropped. */
export function termsOf(goal: GoalFacts): GoalTerms | null {
  const newest = current(goal.terms);
  if (newest === null || (goal.dropped !== null && isAfter(goal.dropped, newest.last))) return null;
  return newest.value;
}
