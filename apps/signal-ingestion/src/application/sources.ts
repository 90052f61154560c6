import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { SourceStore } from './source-store.js';
import { newWriteKey, writeKeyHash } from './write-key.js';
import { WriteKeyStore } from './write-key-store.js';

/**
 * Types of sources that can be made. The write key of a vendor whose client runs in browsers stands in every page
 * it runs in, so it is kept readable and can be looked up again; a `generic` one is shown once.
 */
export const sourceTypes = {
  segment: { keyIsPublic: true },
  rudderstack: { keyIsPublic: true },
  posthog: { keyIsPublic: true },
  cloudevents: { keyIsPublic: false },
  otlp: { keyIsPublic: false },
  amplitude: { keyIsPublic: true },
  mixpanel: { keyIsPublic: true },
  snowplow: { keyIsPublic: true },
  generic: { keyIsPublic: false },
} as const;
export type SourceType = keyof typeof sourceTypes;

/** Whether write keys of a type stand in pages, so that they are no secret. */
export function isPublicKey(type: string): boolean {
  return Object.hasOwn(sourceTypes, type) && sourceTypes[type as SourceType].keyIsPublic;
}

export interface Source {
  readonly id: string;
  /** One of `sourceTypes`, or a business system that calls us. */
  readonly type: string;
  readonly name: string;
  /** Null where it was shown once and is known by its hash only. */
  readonly writeKey: string | null;
  readonly createdAt: Date;
}

@Injectable()
export class Sources {
  constructor(
    private readonly store: SourceStore,
    private readonly keys: WriteKeyStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Makes a source and its write key, which only this answer shows where it is not public. */
  create(type: SourceType, name: string, call: IdempotentCall | null): Promise<Source & { writeKey: string }> {
    return this.database.transaction((tx) => once(tx, call, () => this.make(tx, type, name)));
  }

  /** The same as a part of something larger. */
  async make(tx: Transaction, type: SourceType, name: string): Promise<Source & { writeKey: string }> {
    const writeKey = newWriteKey();
    const source = { id: uuidv7(), type, name, writeKey, createdAt: this.clock.now() };
    await this.add(tx, { ...source, writeKey: isPublicKey(type) ? writeKey : null }, writeKeyHash(writeKey));
    return source;
  }

  /** A source with a write key that was made beforehand; one that is there is left as it is, revoked or not. */
  async ensure(type: SourceType, name: string, writeKey: string): Promise<void> {
    const hash = writeKeyHash(writeKey);
    if (await this.keys.knows(hash)) return;
    const source = { id: uuidv7(), type, name, writeKey: sourceTypes[type].keyIsPublic ? writeKey : null, createdAt: this.clock.now() };
    await this.database.transaction((tx) => this.add(tx, source, hash));
  }

  private async add(tx: Transaction, source: Source, hash: Buffer): Promise<void> {
    await this.store.add(tx, source, hash);
    await this.keys.add(tx, { id: source.id, sourceId: source.id, key: source.writeKey, createdAt: source.createdAt }, hash);
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
