import type { Sql } from '@perennial/persistence/transaction';
import type { PeerLevel } from '../domain/usage/usage-peers.js';
import type { EpochDay } from '../domain/time/day.js';

export interface PeerLevelOfDay extends PeerLevel {
  readonly day: EpochDay;
  readonly sizeClass: number;
}

/** Where the accounts of each size stood, day by day. */
export abstract class UsagePeerStore {
  /** True when there are accounts enough to compare any. */
  abstract hasAny(sql: Sql, fewest: number): Promise<boolean>;
  /** Compares the use of all accounts as their last looks had it, and keeps it as that of `day`, once; older than `keptDays` is forgotten. */
  abstract compare(sql: Sql, day: EpochDay, keptDays: number): Promise<void>;
  /** From `day` on. */
  abstract since(sql: Sql, day: EpochDay): Promise<PeerLevelOfDay[]>;
}
