import type { Transaction } from '@perennial/persistence/transaction';
import type { Scope } from '../domain/scope.js';
import type { Page } from './user-store.js';

/** An API key without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** First part of the key, to recognise it by. */
  readonly lookup: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface FoundApiKey {
  readonly key: ApiKey;
  readonly keyHash: Buffer;
}

/** Where API keys are kept. */
export abstract class ApiKeyStore {
  /** False when the lookup part is taken. */
  abstract insert(tx: Transaction, key: ApiKey, keyHash: Buffer): Promise<boolean>;
  /** The key that is not revoked, with its hash; notes the use at most once a minute. */
  abstract find(lookup: string, now: Date): Promise<FoundApiKey | null>;
  /** True for revoked ones too. */
  abstract exists(lookup: string): Promise<boolean>;
  abstract byId(id: string): Promise<ApiKey | null>;
  abstract revoke(id: string, now: Date): Promise<boolean>;
  abstract page(page: Page): Promise<ApiKey[]>;
}
