import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import { SourceStore, type ActiveKey } from '../application/source-store.js';
import { Sources } from '../application/sources.js';
import { writeKeyHash } from '../application/write-key.js';
import type { SignalIngestionConfig } from '../config.js';
import { NewestCopy } from './newest-copy.js';

/**
 * All write keys in force, in memory, so that accepting an event needs no database. Loaded before the
 * service listens, then asked for anew every two seconds; while the database is away the last copy stays.
 */
@Injectable()
export class WriteKeys implements OnModuleInit, OnModuleDestroy {
  private readonly byHash: NewestCopy<ReadonlyMap<string, ActiveKey>>;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly store: SourceStore,
    private readonly sources: Sources,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    this.byHash = new NewestCopy(new Map(), async () => new Map((await this.store.activeKeys()).map((key) => [key.hash, key])));
  }

  async onModuleInit(): Promise<void> {
    if (this.config.firstWriteKey) await this.sources.ensure('segment', 'First source', this.config.firstWriteKey);
    await this.refresh();
    this.plan();
  }

  onModuleDestroy(): void {
    this.closing = true;
    clearTimeout(this.timer);
  }

  /** The source a write key belongs to; null when it is unknown or revoked. */
  sourceOf(writeKey: string): ActiveKey | null {
    return this.byHash.value.get(writeKeyHash(writeKey).toString('hex')) ?? null;
  }

  /** Reads the keys now: a new or revoked key of this replica holds at once. */
  refresh(): Promise<void> {
    return this.byHash.refresh();
  }

  private plan(): void {
    if (this.closing) return;
    this.timer = setTimeout(() => {
      // Away: the copy stays, the next turn asks again.
      void this.refresh().then(() => this.plan(), () => this.plan());
    }, this.config.writeKeyPollMs);
    this.timer.unref();
  }
}
