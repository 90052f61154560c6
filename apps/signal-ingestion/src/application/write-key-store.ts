import type { Transaction } from '@perennial/persistence/transaction';

/** What a source may send. Null: no bound of its own. */
export interface SourceBounds {
  /** Origins of pages that may send, e.g. `https://app.acme.com` or `https://*.acme.com`; null: every page. */
  readonly allowedOrigins: readonly string[] | null;
  /** In place of the deployment's; counted by each process for itself. */
  readonly requestsPerSecond: number | null;
  /** Accepted messages of one day (UTC). */
  readonly eventsPerDay: number | null;
}

/** A write key that is in force; or a source without any, which calls in by webhook. */
export interface ActiveKey extends SourceBounds {
  /** SHA-256, hex; null: the source has no write key. */
  readonly hash: string | null;
  readonly sourceId: string;
  readonly type: string;
  /** Accepted today; 0 where no bound asks for it. */
  readonly eventsToday: number;
}

export interface WriteKey {
  readonly id: string;
  readonly sourceId: string;
  /** Null where it was shown once and is known by its hash only. */
  readonly key: string | null;
  readonly createdAt: Date;
}

export abstract class WriteKeyStore {
  /** A key that is there already stays as it is. */
  abstract add(tx: Transaction, key: WriteKey, hash: Buffer): Promise<void>;
  /** True for a revoked one too. */
  abstract knows(hash: Buffer): Promise<boolean>;
  /** Those in force, newest first; null: there is no such source. With `tx` the source is locked. */
  abstract of(tx: Transaction | null, sourceId: string): Promise<WriteKey[] | null>;
  /** False where the source has no such key in force. */
  abstract revoke(sourceId: string, id: string, at: Date): Promise<boolean>;
  /** All in force with what their sources may send, and sources in force without any. */
  abstract active(now: Date): Promise<ActiveKey[]>;
  /** False where there is no such source. Fields that are not given stay. */
  abstract bound(sourceId: string, bounds: { readonly [B in keyof SourceBounds]?: SourceBounds[B] | undefined } & { readonly name?: string | undefined }): Promise<boolean>;
  abstract boundsOf(sourceId: string): Promise<SourceBounds | null>;
}
