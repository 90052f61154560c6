import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { KnownDay, RestatedDay } from '../domain/days/restate-run.js';
import type { EpochDay } from '../domain/time/day.js';

/** Days of one account, `from` included, `to` not. */
export interface DaySpan {
  readonly accountId: string;
  readonly from: EpochDay;
  readonly to: EpochDay;
}

/** What is kept of an account's days, as far as it can be read. */
export interface KnownDays {
  /** Oldest first; all of them later than `unreadUntil`, since a band that is held goes on from day to day. */
  readonly days: readonly KnownDay[];
  /** The last day whose readings are forgotten, or packed in a way that this version does not know; null: there is none. */
  readonly unreadUntil: EpochDay | null;
}

/** What is known now of days that signals came late for, beside what was known then. While a rebuild runs nothing is late: all of it was met before. */
export abstract class RestatedDayStore {
  /** What is kept of the days; accounts of which nothing is have no entry, and while a rebuild runs there is none at all. */
  abstract known(tx: Transaction, spans: readonly DaySpan[]): Promise<Map<string, KnownDays>>;
  /** Takes the place of what was known now of these days, whether or not a rebuild runs: nothing is to be saved but what comes of `known`. */
  abstract save(tx: Transaction, accounts: ReadonlyMap<string, readonly RestatedDay[]>): Promise<void>;
  /** Of these days nobody can say what is known now, whatever was saved of them. Does nothing for accounts without a day in the span, nor while a rebuild runs. */
  abstract leave(tx: Transaction, spans: readonly DaySpan[]): Promise<void>;
  /** The accounts consist of other signals from the given day on: of none before can be said what is known now. Does nothing while a rebuild runs. */
  abstract reset(tx: Transaction, firstDays: ReadonlyMap<string, EpochDay>): Promise<void>;
  /** The day as known now; null: nothing came late for it, or nobody can say. */
  abstract find(sql: Sql, accountId: string, day: EpochDay): Promise<KnownDay | null>;
  /** True where nobody can say what is known now of the day. */
  abstract isLeft(sql: Sql, accountId: string, day: EpochDay): Promise<boolean>;
}
