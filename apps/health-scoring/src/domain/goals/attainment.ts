import type { GoalFacts, GoalTerms } from '../facts/fold-goal.js';
import { termsOf } from '../facts/fold-goal.js';
import { inForceAt } from '../facts/spans.js';
import { dayOf, startOf, type EpochDay } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';

export interface Attainment {
  readonly goalId: string;
  readonly name: string;
  readonly weight: number;
  readonly dueOn: EpochDay;
  /** Share of the way from baseline to target; null where nothing was measured or confirmed. */
  readonly share: number | null;
  /** The share against the time elapsed until the due date; equals `share` from then on. */
  readonly paced: number | null;
  /** Signal that says so; '' without evidence. */
  readonly evidence: string;
  readonly byMetric: boolean;
}

interface Rule {
  readonly leastElapsedShare: number;
  readonly targetLockDays: number;
  readonly horizonDays: number;
}

/** Goals that count now, by id: not dropped and not due longer ago than the horizon. */
export function attainmentsOf(view: AccountView, rule: Rule): Attainment[] {
  const found: Attainment[] = [];
  for (const [goalId, goal] of view.facts.goals) {
    const terms = termsOf(goal);
    if (terms === null || terms.dueOn < view.today - rule.horizonDays) continue;
    found.push({ goalId, name: goal.name.value, weight: terms.weight, dueOn: terms.dueOn, ...measured(view, goal, terms, rule) });
  }
  return found.sort((a, b) => (a.goalId < b.goalId ? -1 : 1));
}

function measured(view: AccountView, goal: GoalFacts, terms: GoalTerms, rule: Rule): Pick<Attainment, 'share' | 'paced' | 'evidence' | 'byMetric'> {
  const scored = lockedTerms(goal, terms, rule);
  const startDay = terms.startsOn ?? Math.min(...goal.terms.map((span) => dayOf(span.first.at)));
  const metric = view.facts.metrics.get(terms.metric);
  const byMetric = metric !== undefined && dayOf(metric.at) >= startDay && (goal.confirmed === null || metric.at >= goal.confirmed.at);
  const word = byMetric ? metric : goal.confirmed;
  if (word === null) return { share: null, paced: null, evidence: '', byMetric: false };
  const share = word.value === null ? 1 : (word.value - scored.baseline) / (scored.target - scored.baseline);
  const elapsed = terms.dueOn > startDay ? (view.today - startDay) / (terms.dueOn - startDay) : 1;
  const pace = Math.min(1, Math.max(rule.leastElapsedShare, elapsed));
  return { share, paced: share > 0 ? share / pace : share, evidence: word.id, byMetric };
}

/** A target made easier shortly before its date does not count: the terms in force before that do. */
function lockedTerms(goal: GoalFacts, terms: GoalTerms, rule: Rule): GoalTerms {
  const before = inForceAt(goal.terms, startOf(terms.dueOn - rule.targetLockDays + 1) - 1)?.value ?? null;
  if (before === null || before.metric !== terms.metric) return terms;
  const asFar = (terms.target - before.baseline) / (before.target - before.baseline);
  return asFar < 1 ? before : terms;
}
