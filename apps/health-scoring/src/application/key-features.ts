import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import type { CountedFeatures } from '../domain/facts/fold-feature.js';
import { dayOf, type EpochDay } from '../domain/time/day.js';

/** Since when the use of each key feature is counted. */
export abstract class KeyFeatureStore {
  /** Takes these for the key features from now on. One that is new is counted since `today`, or from the beginning where nothing is known yet. */
  abstract keep(sql: Sql, names: readonly string[], today: EpochDay): Promise<void>;
  /** Those that are not counted from the beginning. */
  abstract countedLater(sql: Sql): Promise<ReadonlyMap<string, EpochDay>>;
}

/** The features called key, with the past that is known of them: one that was named today was used before, and nobody counted it. */
@Injectable()
export class KeyFeatures implements CountedFeatures, OnModuleInit {
  private later: ReadonlyMap<string, EpochDay> = new Map();

  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly database: Database,
    private readonly store: KeyFeatureStore,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.database.transaction((tx) => this.store.keep(tx, this.config.keyFeatures, dayOf(this.clock.now().getTime())));
    this.later = await this.store.countedLater(this.database);
  }

  /** After a rebuild all of them are counted from the beginning. */
  async refresh(): Promise<void> {
    if (this.later.size > 0) this.later = await this.store.countedLater(this.database);
  }

  countedSince(name: string): EpochDay | null {
    return this.later.get(name) ?? null;
  }
}
