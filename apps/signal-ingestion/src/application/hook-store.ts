import type { Transaction } from '@perennial/persistence/transaction';
import type { HookSettings } from '../domain/hooks/hook-settings.js';

export type SecretKind = 'secret' | 'public_key';

export interface SealedSecret {
  readonly id: string;
  readonly kind: SecretKind;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  /** Null: it holds until another one takes its place. */
  readonly expiresAt: Date | null;
}

/** A source's webhook endpoint, with all that is kept of its secrets, newest first. */
export interface StoredHook {
  readonly id: string;
  readonly type: string;
  readonly settings: HookSettings;
  readonly secrets: readonly SealedSecret[];
}

export abstract class HookStore {
  abstract add(tx: Transaction, sourceId: string, settings: HookSettings): Promise<void>;
  abstract addSecret(tx: Transaction, sourceId: string, secret: SealedSecret): Promise<void>;
  /** All secrets but `id` hold until `expiresAt` at the longest; the newest `most` are kept. */
  abstract retire(tx: Transaction, sourceId: string, id: string, expiresAt: Date, most: number): Promise<void>;
  /** False where the source is no endpoint, or revoked. */
  abstract saveSettings(tx: Transaction, sourceId: string, settings: HookSettings): Promise<boolean>;
  /** Those among `sourceIds` that are endpoints in force. The row of a single one is locked in a transaction. */
  abstract find(sourceIds: readonly string[]): Promise<StoredHook[]>;
  abstract lock(tx: Transaction, sourceId: string): Promise<StoredHook | null>;
  /** Every endpoint in force. */
  abstract active(): Promise<StoredHook[]>;
}
