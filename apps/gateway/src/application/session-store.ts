import type { Transaction } from '@perennial/persistence/transaction';
import type { User } from '../domain/user.js';

/** Where sessions are kept: hashes of their tokens, good until they expire by the database's clock. */
export abstract class SessionStore {
  /** Returns when it expires. */
  abstract open(tx: Transaction, userId: string, tokenHash: Buffer, seconds: number): Promise<Date>;
  /** The active user of a session that has not expired. */
  abstract find(tokenHash: Buffer): Promise<{ user: User; expiresAt: Date } | null>;
  abstract close(tx: Transaction, tokenHash: Buffer): Promise<void>;
  abstract closeAll(tx: Transaction, userId: string): Promise<void>;
}
