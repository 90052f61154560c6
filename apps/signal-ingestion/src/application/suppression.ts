import { createHmac } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Transient } from '@perennial/persistence/errors';
import type { Transaction } from '@perennial/persistence/transaction';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import { NewestCopy } from './newest-copy.js';
import { SuppressionStore, type SuppressionList } from './suppression-store.js';

/**
 * Who must not be heard of again, in memory: the front door asks without a database. Read before the service
 * listens, then asked for anew every two seconds; whoever stores messages also checks in the same transaction.
 */
@Injectable()
export class Suppression implements OnModuleInit, OnModuleDestroy {
  private readonly copy: NewestCopy<SuppressionList>;
  readonly isSuppressed = (key: string): boolean => this.list.hashes.size > 0 && this.list.hashes.has(this.hashOf(key).toString('hex'));

  constructor(
    private readonly store: SuppressionStore,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    this.copy = new NewestCopy<SuppressionList>({ generation: -1, salt: Buffer.alloc(0), hashes: new Set() }, () => this.store.load());
  }

  onModuleInit(): Promise<void> {
    return this.copy.keep(this.config.writeKeyPollMs, () => this.look());
  }

  onModuleDestroy(): void {
    this.copy.stop();
  }

  private get list(): SuppressionList {
    return this.copy.value;
  }

  get isEmpty(): boolean {
    return this.list.hashes.size === 0;
  }

  /** How a key stands in the list. */
  hashOf(key: string): Buffer {
    return createHmac('sha256', this.list.salt).update(key).digest();
  }

  enter(tx: Transaction): Promise<void> {
    return this.store.enter(tx);
  }

  /** False: somebody was suppressed after this process last looked. */
  async isCurrent(tx: Transaction): Promise<boolean> {
    return (await this.store.generation(tx)) === this.list.generation;
  }

  /** Throws `Transient`: the work is done anew, without those who were suppressed meanwhile. */
  async startAnew(): Promise<never> {
    await this.refresh();
    throw new Transient('somebody was suppressed at this very moment');
  }

  refresh(): Promise<void> {
    return this.copy.refresh();
  }

  private async look(): Promise<void> {
    if ((await this.store.generation(null)) !== this.list.generation) await this.refresh();
  }
}
