import { noGoalFacts, type GoalFacts } from './goal-facts.js';
import type { HealthReading } from './health-reading.js';

/** What the forecast knows of an account beside its contract ledger. */
export interface AccountFacts {
  readonly goals: GoalFacts;
  readonly health: HealthReading | null;
}

export const noFacts: AccountFacts = { goals: noGoalFacts, health: null };
