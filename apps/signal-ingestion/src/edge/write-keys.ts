import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import { NewestCopy } from '../application/newest-copy.js';
import { Sources } from '../application/sources.js';
import { writeKeyHash } from '../application/write-key.js';
import { WriteKeyStore, type ActiveKey } from '../application/write-key-store.js';
import type { SignalIngestionConfig } from '../config.js';

interface Keys {
  readonly byHash: ReadonlyMap<string, ActiveKey>;
  /** Keys that were shown and are in force, so that each is hashed once. */
  readonly shown: Map<string, ActiveKey>;
  readonly bySource: ReadonlyMap<string, ActiveKey>;
}

/**
 * All write keys in force, in memory, so that accepting an event needs no database. Loaded before the
 * service listens, then asked for anew every two seconds; while the database is away the last copy stays.
 */
@Injectable()
export class WriteKeys implements OnModuleInit, OnModuleDestroy {
  private readonly keys: NewestCopy<Keys>;

  constructor(
    private readonly store: WriteKeyStore,
    private readonly sources: Sources,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    this.keys = new NewestCopy<Keys>({ byHash: new Map(), shown: new Map(), bySource: new Map() }, async () => {
      const active = await this.store.active(this.clock.now());
      return { byHash: new Map(active.flatMap((key) => (key.hash === null ? [] : [[key.hash, key]]))), shown: new Map(), bySource: new Map(active.map((key) => [key.sourceId, key])) };
    });
  }

  async onModuleInit(): Promise<void> {
    if (this.config.firstWriteKey) await this.sources.ensure('segment', 'First source', this.config.firstWriteKey);
    await this.keys.keep(this.config.writeKeyPollMs);
  }

  onModuleDestroy(): void {
    this.keys.stop();
  }

  /** The source a write key belongs to; null when it is unknown or revoked. */
  sourceOf(writeKey: string): ActiveKey | null {
    const { byHash, shown } = this.keys.value;
    let key = shown.get(writeKey);
    if (!key) {
      key = byHash.get(writeKeyHash(writeKey).toString('hex'));
      if (key) shown.set(writeKey, key);
    }
    return key ?? null;
  }

  /** What a source may send; null: it is none, or was revoked. */
  boundsOf(sourceId: string): ActiveKey | null {
    return this.keys.value.bySource.get(sourceId) ?? null;
  }

  /** Reads the keys now: a new or revoked key of this replica holds at once. */
  refresh(): Promise<void> {
    return this.keys.refresh();
  }
}
