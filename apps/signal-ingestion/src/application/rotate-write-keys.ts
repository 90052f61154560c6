import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import { SourceStore } from './source-store.js';
import { isPublicKey, sourceTypes } from './sources.js';
import { newWriteKey, writeKeyHash } from './write-key.js';
import { WriteKeyStore, type WriteKey } from './write-key-store.js';

/** Keys in force of one source: the one its clients have, and the one they are about to have. */
export const keysInForce = 2;

/** Gives a source a second write key while its clients still send with the first, and takes keys away. */
@Injectable()
export class RotateWriteKeys {
  constructor(
    private readonly database: Database,
    private readonly sources: SourceStore,
    private readonly keys: WriteKeyStore,
    private readonly clock: Clock,
  ) {}

  /** The new key, which only this answer shows where it is not public; why there is none. */
  add(sourceId: string, call: IdempotentCall | null): Promise<(WriteKey & { readonly key: string }) | 'no_source' | 'no_client' | 'keys_in_force'> {
    return this.database.transaction((tx) => once(tx, call, async () => {
      const inForce = await this.keys.of(tx, sourceId);
      const type = await this.sources.typeOf(tx, sourceId);
      if (inForce === null || type === null) return 'no_source';
      if (!Object.hasOwn(sourceTypes, type)) return 'no_client';
      if (inForce.length >= keysInForce) return 'keys_in_force';
      const key = newWriteKey();
      const made = { id: uuidv7(), sourceId, key, createdAt: this.clock.now() };
      await this.keys.add(tx, { ...made, key: isPublicKey(type) ? key : null }, writeKeyHash(key));
      return made;
    }));
  }

  /** Those in force, newest first; null: there is no such source. */
  list(sourceId: string): Promise<WriteKey[] | null> {
    return this.keys.of(null, sourceId);
  }

  /** Revokes one at once; false where the source has no such key. */
  revoke(sourceId: string, id: string): Promise<boolean> {
    return this.keys.revoke(sourceId, id, this.clock.now());
  }
}
