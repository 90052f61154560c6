import { Injectable } from '@nestjs/common';
import { sourcesTopic } from '@perennial/contracts/topics';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Sql } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { livenessOf, type SourceSighting } from '../domain/sources/source-liveness.js';
import { SignalTime } from './signal-time.js';
import { SourceSightings } from './source-sightings.js';
import { SourceStore, type ToldState } from './source-store.js';

interface WatchedSource extends SourceSighting {
  readonly told: ToldState;
  readonly staleAt: number;
}

/**
 * Publishes when a kind of signal falls silent for everyone, and when it is back: told once each. It goes by what
 * all replicas share, and calls nothing silent while signals wait that may prove the contrary.
 */
@Injectable()
@RunsDueWork()
export class WatchSources implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly store: SourceStore,
    private readonly sightings: SourceSightings,
    private readonly signalTime: SignalTime,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    const now = this.clock.now().getTime();
    const dues = (await this.watched(this.database)).flatMap(({ told, staleAt }) => (told === 'alive' ? [staleAt] : staleAt > now ? [now] : []));
    return dues.length === 0 ? null : new Date(Math.min(...dues));
  }

  async runDue(now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { throughout } = await this.signalTime.known(tx);
      const changed = (await this.watched(tx)).flatMap((source) => {
        const state = stateOf(source, now, throughout);
        return state === source.told ? [] : [{ ...source, state, since: state === 'stale' ? new Date(source.staleAt) : now }];
      });
      if (changed.length === 0) return;
      const news = await this.store.tell(tx, changed);
      await this.outbox.publish(tx, sourcesTopic, changed.filter(({ kind }) => news.has(kind)).map(({ kind, state, since, lastSeenAt, usualGapMs }) => ({
        type: 'perennial.source.changed.v1' as const, key: kind, time: now,
        data: { kind, state, since: since.toISOString(), lastSeenAt: new Date(lastSeenAt).toISOString(), usualGapSeconds: Math.round(usualGapMs / 1000) },
      })));
      tx.afterCommit(() => changed.forEach(({ kind, state }) => this.sightings.told(kind, state)));
    });
  }

  /** Each kind as its newest sighting has it. */
  private async watched(sql: Sql): Promise<WatchedSource[]> {
    const newest = new Map((await this.store.sightings(sql)).reverse().map((sighting) => [sighting.kind, sighting]));
    return [...newest.values()].map((sighting) => ({ ...sighting, staleAt: livenessOf([sighting])[sighting.kind]?.staleAt ?? Infinity }));
  }
}

function stateOf({ told, staleAt }: WatchedSource, now: Date, throughout: Date | null): ToldState {
  if (staleAt > now.getTime()) return 'alive';
  return throughout !== null && staleAt <= throughout.getTime() ? 'stale' : told;
}
