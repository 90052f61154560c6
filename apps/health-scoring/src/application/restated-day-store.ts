import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { KnownDay, RestatedDay } from '../domain/days/restate-run.js';
import type { EpochDay } from '../domain/time/day.js';

/** Days of one account, `from` included, `to` not. */
export interface DaySpan {
  readonly accountId: string;
  readonly from: EpochDay;
  readonly to: EpochDay;
}

/** What is known now of days that signals came late for, beside what was known then. While a rebuild runs nothing is late: all of it was met before. */
export abstract class RestatedDayStore {
  /** What is kept of the days, oldest first; accounts of which nothing is have no entry. */
  abstract known(tx: Transaction, spans: readonly DaySpan[]): Promise<Map<string, KnownDay[]>>;
  abstract save(tx: Transaction, accounts: ReadonlyMap<string, readonly RestatedDay[]>): Promise<void>;
  /** Of these days nobody can say what is known now. */
  abstract leave(tx: Transaction, spans: readonly DaySpan[]): Promise<void>;
  /** The account consists of other signals from now on: of no day before `today` can be said what is known now. */
  abstract reset(tx: Transaction, accountIds: readonly string[], today: EpochDay): Promise<void>;
  /** The day as known now; null: nothing came late for it, or nobody can say. */
  abstract find(sql: Sql, accountId: string, day: EpochDay): Promise<KnownDay | null>;
  abstract isLeft(sql: Sql, accountId: string, day: EpochDay): Promise<boolean>;
}
