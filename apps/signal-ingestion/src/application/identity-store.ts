import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Identity, IdentityMap } from '../domain/identity-map.js';

/** Who is known under which key, and at which account. */
export abstract class IdentityStore {
  /**
   * Makes rows for unknown keys, locks all in one order, and those they are other names of. Whoever wants to
   * give or use a person's account does this first, so a signal is either resolved or waits where the
   * assignment finds it.
   */
  abstract lock(tx: Transaction, keys: readonly string[], seenAt: Date): Promise<Identity[]>;
  /** Saves what changed, and asks for the replay of signals whose person got an account. */
  abstract save(tx: Transaction, identities: IdentityMap, now: Date): Promise<void>;
  /** All keys of one person: the key itself and its other names. */
  abstract keysOf(tx: Transaction, key: string): Promise<string[]>;
  abstract replayed(tx: Transaction, key: string, signals: number): Promise<void>;
  /**
   * Who these people are, where a person merged them with others: each key of theirs that stands for another one,
   * with that one. Read it with the accounts locked that it is used for: whoever merges people restates those.
   */
  abstract merged(sql: Sql, personIds: readonly string[]): Promise<Map<string, string>>;
  /** Makes `key` and who was merged into it stand for `into`; null: for itself again. */
  abstract lead(tx: Transaction, key: string, into: string | null): Promise<void>;
}
