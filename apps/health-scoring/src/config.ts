import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';
import type { QuestionRule } from './domain/import-question.js';
import { measureById } from './domain/measures/all-measures.js';

export interface HealthScoringConfig {
  /** States are shown, nothing is sent or started. */
  readonly observe: boolean;
  /** Features that matter most, as signals of use name them; at most twenty. */
  readonly keyFeatures: readonly string[];
  /** Days for which what was read of each account is kept, to judge them anew by. Their scores stay. */
  readonly readingsKeptDays: number;
  /** The three measures of the weekly traffic light. */
  readonly weeklyMeasures: readonly string[];
  /** Accounts with data that a cohort needs before anybody is compared with it. */
  readonly cohortFewestAccounts: number;
  /** When an import of people is asked about before it raises anything. */
  readonly cleanup: QuestionRule;
}

/** Each takes about 80 bytes of the row of every account that uses it. */
const mostKeyFeatures = 20;

export function parseHealthScoringConfig(env: Environment): { config: HealthScoringConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const keyFeatures = [...new Set(reader.text('KEY_FEATURES', '').split(',').map((name) => name.trim()).filter((name) => name !== ''))];
  if (keyFeatures.length > mostKeyFeatures || keyFeatures.some((name) => name.length > 200)) reader.faults.push(`KEY_FEATURES must be at most ${mostKeyFeatures} names with commas in between, each of at most 200 characters`);
  const readingsKeptDays = reader.integer('READINGS_KEPT_DAYS', { fallback: 400, min: 1, max: 3_650 });
  const weeklyMeasures = [...new Set(reader.text('WEEKLY_MEASURES', 'usage_level,ticket_load,csm_sentiment').split(',').map((name) => name.trim()))];
  if (weeklyMeasures.length !== 3 || weeklyMeasures.some((id) => !measureById.has(id))) reader.faults.push(`WEEKLY_MEASURES must be three of ${[...measureById.keys()].join(', ')}, with commas in between`);
  const cohortFewestAccounts = reader.integer('COHORT_FEWEST_ACCOUNTS', { fallback: 10, min: 4, max: 10_000 });
  const cleanup = { percent: reader.integer('CLEANUP_QUESTION_PERCENT', { fallback: 5, min: 0, max: 100 }), fewest: reader.integer('CLEANUP_QUESTION_FEWEST', { fallback: 10, min: 1, max: 1_000_000 }) };
  return { config: { observe: reader.flag('OBSERVE', false), keyFeatures, readingsKeptDays, weeklyMeasures, cohortFewestAccounts, cleanup }, faults: reader.faults };
}
