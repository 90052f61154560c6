import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Cohort, CohortQuantiles } from '../domain/explain/cohorts.js';
import type { EpochDay } from '../domain/time/day.js';

/** Tables of what is usual in each cohort, one a day; none is changed once it is there. */
export abstract class CohortStore {
  /** True when there are accounts enough for any cohort. */
  abstract hasAny(sql: Sql, fewest: number): Promise<boolean>;
  abstract has(sql: Sql, day: EpochDay): Promise<boolean>;
  /** Of several replicas one keeps its table; tables of before `forgetBefore` are forgotten. */
  abstract save(tx: Transaction, day: EpochDay, quantiles: readonly CohortQuantiles[], forgetBefore: EpochDay): Promise<void>;
  /** The newest table's day (ISO) and what it says of the cohort; null: there is no table yet. */
  abstract newest(cohort: Cohort): Promise<{ readonly table: string; readonly quantiles: readonly CohortQuantiles[] } | null>;
}
