import type { Transaction } from '@perennial/persistence/transaction';
import type { AuditEntry } from '../domain/audit-chain.js';
import type { Counted } from '../domain/sign-in-backoff.js';

export interface CountedSubject {
  readonly counted: Counted;
  /** SHA-256 of what is counted. */
  readonly subject: Buffer;
}

/** Remembers failed sign-ins and keeps the audit. */
export abstract class SignInGuard {
  /** Seconds until the next try is looked at; 0 when it may be looked at now. */
  abstract blockedFor(subjects: readonly CountedSubject[]): Promise<number>;
  abstract failed(tx: Transaction, subjects: readonly CountedSubject[]): Promise<void>;
  abstract succeeded(tx: Transaction, subjects: readonly CountedSubject[]): Promise<void>;
  abstract audit(tx: Transaction, entry: AuditEntry): Promise<void>;
}
