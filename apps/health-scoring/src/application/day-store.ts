import type { Sql } from '@perennial/persistence/transaction';
import type { KeptDay } from '../domain/days/day-codec.js';
import type { EpochDay } from '../domain/time/day.js';

export interface AccountDays {
  readonly accountId: string;
  /** Oldest first; a day without a look is not there. */
  readonly days: readonly KeptDay[];
}

/** What was known of every account on every day, as far back as it is kept. Days are UTC, `from` and `to` included. */
export abstract class DayStore {
  /** The number by which days name what they were read by; the same for the same keys in every replica. */
  abstract planId(sql: Sql, keys: readonly string[]): Promise<number>;
  abstract readingsOf(accountId: string, from: EpochDay, to: EpochDay): Promise<KeptDay[]>;
  /** Of each of the accounts the last day in between, where there is one. */
  abstract lastOf(accountIds: readonly string[], from: EpochDay, to: EpochDay): Promise<AccountDays[]>;
  /** The next accounts of the book after `after` (null: from its beginning) that are listed, by id; those without a day have none. Fewer than `limit`: there are no more. */
  abstract book(from: EpochDay, to: EpochDay, after: string | null, limit: number): Promise<AccountDays[]>;
  /** The first day of which readings may be kept; null: of none. */
  abstract keptSince(sql: Sql): Promise<EpochDay | null>;
  /** Forgets the readings of some accounts before `day`; true when there may be more. The days' scores stay. */
  abstract forgetSome(sql: Sql, day: EpochDay): Promise<boolean>;
}
