import type { Day } from './day.js';
import { later, type Told } from './latest.js';

/** What a `goal` signal said. */
export interface GoalEntry extends Told {
  readonly goalId: string;
  readonly status: 'set' | 'confirmed' | 'dropped';
  readonly name: string;
  readonly metric: string;
  readonly baseline: number;
  readonly target: number;
  readonly dueOn: Day;
  readonly weight: number;
  /** Measured by the customer; null: not given. */
  readonly actual: number | null;
}

/** What a `milestone` signal said. */
export interface MilestoneEntry extends Told {
  readonly milestoneId: string;
  readonly name: string;
  readonly phase: string;
  readonly status: 'planned' | 'achieved' | 'missed';
  /** The last date told; a signal without one leaves it. */
  readonly due: (Told & { readonly on: Day }) | null;
}

/** The newest value of a metric. */
export interface MetricEntry extends Told {
  readonly value: number;
}

/** What is known of one account's goals. Adding is commutative and idempotent. */
export interface GoalFacts {
  readonly goals: readonly GoalEntry[];
  readonly milestones: Readonly<Record<string, MilestoneEntry>>;
  readonly metrics: Readonly<Record<string, MetricEntry>>;
}

export const noGoalFacts: GoalFacts = { goals: [], milestones: {}, metrics: {} };

export function withGoal(facts: GoalFacts, entry: GoalEntry): GoalFacts {
  if (facts.goals.some(({ id }) => id === entry.id)) return facts;
  return { ...facts, goals: [...facts.goals, entry] };
}

export function withMilestone(facts: GoalFacts, entry: MilestoneEntry): GoalFacts {
  const known = own(facts.milestones, entry.milestoneId);
  const due = entry.due === null ? (known?.due ?? null) : later(known?.due ?? undefined, entry.due);
  return { ...facts, milestones: { ...facts.milestones, [entry.milestoneId]: { ...later(known, entry), due } } };
}

export function withMetric(facts: GoalFacts, metric: string, entry: MetricEntry): GoalFacts {
  return { ...facts, metrics: { ...facts.metrics, [metric]: later(own(facts.metrics, metric), entry) } };
}

/** The newest value of a metric, if any was told. */
export function metricOf(facts: GoalFacts, metric: string): MetricEntry | undefined {
  return own(facts.metrics, metric);
}

function own<V>(record: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
