import type { Transaction } from '@perennial/persistence/transaction';
import type { User } from '../domain/user.js';

export interface Page {
  readonly limit: number;
  readonly startingAfter?: string;
}

/** Where users are kept. */
export abstract class UserStore {
  /** False when the e-mail is taken. */
  abstract insert(tx: Transaction, user: User, passwordHash: string | null): Promise<boolean>;
  /** Locks the row. */
  abstract load(tx: Transaction, id: string): Promise<User | null>;
  /** `passwordHash` undefined: unchanged. */
  abstract save(tx: Transaction, user: User, passwordHash?: string | null): Promise<void>;
  /** Locks all admins, so that two of them cannot remove each other at the same time. */
  abstract otherActiveAdmins(tx: Transaction, id: string): Promise<number>;
  abstract byId(id: string): Promise<User | null>;
  abstract credentialsOf(email: string): Promise<{ user: User; passwordHash: string | null } | null>;
  /** Oldest first; one row more than `limit` where there are more. */
  abstract page(page: Page): Promise<User[]>;
}
