import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import { formatApiKey, lookupOf } from '../domain/api-key.js';
import type { Scope } from '../domain/scope.js';
import { ApiKeyStore, type ApiKey, type FoundApiKey } from './api-key-store.js';
import { sha256 } from './secrets.js';

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string | null;
}

/** How long a key that was found is taken as it was, ms: a revocation shows on every replica within that time. */
const keptMs = 1_000;

/** Makes, recognises and revokes API keys. */
@Injectable()
export class ManageApiKeys {
  private readonly kept = new LRUCache<string, FoundApiKey>({ max: 1_000, ttl: keptMs });
  private revocations = 0;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly clock: Clock,
  ) {}

  /** The secret is in the answer and nowhere else. `key`: one made beforehand, by whoever keeps it. */
  async create(tx: Transaction, draft: NewApiKey, key = newApiKey()): Promise<ApiKey & { readonly key: string }> {
    const lookup = lookupOf(key);
    if (lookup === null) throw new RangeError('this is no API key');
    const made: ApiKey = { id: uuidv7(), name: draft.name, lookup, scopes: draft.scopes, createdBy: draft.createdBy, createdAt: this.clock.now(), lastUsedAt: null, revokedAt: null };
    if (!(await this.store.insert(tx, made, sha256(key)))) throw new Error('the lookup part of a new API key is taken');
    return { ...made, key };
  }

  /** The key's row; null when it is no key, unknown or revoked. */
  async recognise(key: string): Promise<ApiKey | null> {
    const lookup = lookupOf(key);
    if (lookup === null) return null;
    const found = this.kept.get(lookup) ?? (await this.find(lookup));
    return found && timingSafeEqual(found.keyHash, sha256(key)) ? found.key : null;
  }

  private async find(lookup: string): Promise<FoundApiKey | null> {
    const { revocations } = this;
    const found = await this.store.find(lookup, this.clock.now());
    // One revoked meanwhile must not come back.
    if (found && revocations === this.revocations) this.kept.set(lookup, found);
    return found;
  }

  /** False: no such key. On this replica it is refused from now on. */
  async revoke(id: string): Promise<boolean> {
    const revoked = await this.store.revoke(id, this.clock.now());
    this.revocations++;
    this.kept.clear();
    return revoked;
  }
}

/** A new random API key. */
export function newApiKey(): string {
  return formatApiKey(randomBytes(64));
}
