import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { dayMs, dayOf, startOf, type EpochDay } from '../domain/time/day.js';
import type { PeerLevel, UsagePeers } from '../domain/usage/usage-peers.js';
import { UsagePeerStore } from './usage-peer-store.js';

/** Weekly looks may be taken again as far back as this. */
const keptDays = 240;
/** Below this many accounts there is nobody to compare with. */
const fewest = 30;
const noonMs = dayMs / 2;

/**
 * At noon UTC, when the looks of the day are over, the use of all accounts is compared once, by one replica; each of them then
 * knows it for the looks of the next day. A look never waits for it: a day that is missing is one without peers.
 */
@Injectable()
@RunsDueWork()
export class CompareUsage implements DueWork, UsagePeers, OnModuleInit {
  private readonly levels = new Map<EpochDay, Map<number, PeerLevel>>();
  /** The day whose noon is waited for. */
  private plannedDay: EpochDay | null = null;
  /** The day on which it was last asked whether there are accounts enough. */
  private askedOn: EpochDay | null = null;

  constructor(
    private readonly database: Database,
    private readonly store: UsagePeerStore,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.read(dayOf(this.clock.now().getTime()) - keptDays);
  }

  levelOn(day: EpochDay, sizeClass: number): PeerLevel | null {
    return this.levels.get(day)?.get(sizeClass) ?? null;
  }

  /** Null while there are too few, asked once a day: a small book is not woken at noon for nothing. */
  async nextDueAt(): Promise<Date | null> {
    const today = dayOf(this.clock.now().getTime());
    if (this.plannedDay === null && this.askedOn !== today) {
      if (await this.store.hasAny(this.database, fewest)) this.plannedDay = lastNoon(this.clock.now()) + 1;
      this.askedOn = today;
    }
    return this.plannedDay === null ? null : new Date(startOf(this.plannedDay) + noonMs);
  }

  async runDue(now: Date): Promise<void> {
    const day = lastNoon(now);
    if (this.plannedDay === null || day < this.plannedDay) return;
    // A day that passed unseen stays without peers: accounts no longer stand where they stood.
    await this.store.compare(this.database, day, keptDays);
    await this.read(day);
    this.plannedDay = day + 1;
  }

  private async read(since: EpochDay): Promise<void> {
    for (const { day, sizeClass, ...level } of await this.store.since(this.database, since)) {
      const known = this.levels.get(day) ?? new Map<number, PeerLevel>();
      this.levels.set(day, known.set(sizeClass, level));
    }
    for (const day of this.levels.keys()) if (day < since - keptDays) this.levels.delete(day);
  }
}

/** The last day whose noon is over. */
const lastNoon = (now: Date): EpochDay => dayOf(now.getTime() - noonMs);
