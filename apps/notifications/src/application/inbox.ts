import type { Transaction } from '@perennial/persistence/transaction';

/** `user:<id>` or `role:<role>`. */
export type Audience = `user:${string}` | `role:${string}`;

export interface InboxDraft {
  /** What it is about; the same key twice is one item. */
  readonly key: string;
  readonly audience: Audience | 'account-owner';
  readonly kind: 'risk_changed' | 'source_stale' | 'source_quiet' | 'import_question' | 'webhook_disabled' | 'scorecard_changed';
  readonly accountId: string | null;
  readonly title: string;
  readonly createdAt: Date;
}

export interface InboxItem {
  readonly id: string;
  readonly audience: string;
  readonly kind: string;
  readonly accountId: string | null;
  readonly title: string;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

/** Messages to people inside the product. */
export abstract class Inbox {
  /** Adds what is not there yet, in one statement. `account-owner` becomes the account's owner, or all managers where it has none. */
  abstract add(tx: Transaction, drafts: readonly InboxDraft[]): Promise<void>;
  /** Newest first. */
  abstract list(audiences: readonly string[], limit: number, startingAfter: string | null): Promise<InboxItem[]>;
  /** False where no such item is addressed to these audiences. */
  abstract markRead(audiences: readonly string[], id: string, at: Date): Promise<boolean>;
  /** When the oldest item was made; null: there is none. */
  abstract oldest(): Promise<Date | null>;
  abstract forgetBefore(instant: Date): Promise<void>;
}
