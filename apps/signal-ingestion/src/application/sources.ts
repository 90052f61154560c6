import { randomBytes, createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { SourceStore } from './source-store.js';

/**
 * Types of sources that can be made. A `segment` write key stands in every page that its browser client
 * runs in, so it is kept readable and can be looked up again; a `generic` one is shown once.
 */
export const sourceTypes = { segment: { keyIsPublic: true }, generic: { keyIsPublic: false } } as const;
export type SourceType = keyof typeof sourceTypes;

export interface Source {
  readonly id: string;
  readonly type: SourceType;
  readonly name: string;
  /** Null where it was shown once and is known by its hash only. */
  readonly writeKey: string | null;
  readonly createdAt: Date;
}

/** How a write key is kept: it is random, so a plain SHA-256 cannot be guessed back. */
export function writeKeyHash(writeKey: string): Buffer {
  return createHash('sha256').update(writeKey).digest();
}

@Injectable()
export class Sources {
  constructor(
    private readonly store: SourceStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Makes a source and its write key, which only this answer shows where it is not public. */
  create(type: SourceType, name: string, call: IdempotentCall | null): Promise<Source & { writeKey: string }> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const writeKey = `wk_${randomBytes(24).toString('base64url')}`;
        const source = { id: uuidv7(), type, name, writeKey, createdAt: this.clock.now() };
        await this.store.add(tx, { ...source, writeKey: sourceTypes[type].keyIsPublic ? writeKey : null }, writeKeyHash(writeKey));
        return source;
      }),
    );
  }

  /** Newest first. */
  list(limit: number, startingAfter: string | null): Promise<Source[]> {
    return this.store.list(limit, startingAfter);
  }

  /** Revokes the write key at once; false where there is no such source. */
  revoke(id: string): Promise<boolean> {
    return this.store.revoke(id, this.clock.now());
  }
}
