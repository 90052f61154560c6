import type { SignalOf } from '@perennial/contracts/signal';
import { withGoal, withMetric, withMilestone, type GoalFacts } from '../domain/goal-facts.js';
import { instantOf } from './instant.js';

/** What a goal, milestone or metric signal does to the facts about goals. */
export function goalChangeOf(signal: SignalOf<'goal'> | SignalOf<'milestone'> | SignalOf<'metric'>): (facts: GoalFacts) => GoalFacts {
  const told = { id: signal.id, occurredAt: instantOf(signal.occurredAt) };
  switch (signal.kind) {
    case 'goal': {
      const { goalId, status, name, metric, baseline, target, dueOn, weight = 1, actual = null } = signal.data;
      return (facts) => withGoal(facts, { ...told, goalId, status, name, metric, baseline, target, dueOn, weight, actual });
    }
    case 'milestone': {
      const { milestoneId, name, phase, status, dueOn } = signal.data;
      return (facts) => withMilestone(facts, { ...told, milestoneId, name, phase, status, due: dueOn === undefined ? null : { ...told, on: dueOn } });
    }
    case 'metric': {
      const { metric, value } = signal.data;
      return (facts) => withMetric(facts, metric, { ...told, value });
    }
  }
}
