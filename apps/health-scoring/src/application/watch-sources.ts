import { Injectable } from '@nestjs/common';
import { sourcesTopic } from '@perennial/contracts/topics';
import { Outbox } from '@perennial/messaging/outbox';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { livenessOf } from '../domain/sources/source-liveness.js';
import { SignalTime } from './signal-time.js';
import { SourceStore, type ToldState, type WatchedSource } from './source-store.js';

/**
 * Publishes when a kind of signal falls silent for everyone, and when it is back: told once each. It goes by what
 * all replicas share, and calls nothing silent while signals wait that may prove the contrary.
 */
@Injectable()
@RunsDueWork()
export class WatchSources implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly sources: SourceStore,
    private readonly signalTime: SignalTime,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    const now = this.clock.now().getTime();
    const dues = (await this.sources.watched(this.database)).flatMap((source) => {
      const at = staleAt(source);
      return source.told === 'alive' ? [at] : at > now ? [now] : [];
    });
    return dues.length === 0 ? null : new Date(Math.min(...dues));
  }

  async runDue(now: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { throughout } = await this.signalTime.known(tx);
      const sources = await this.sources.watched(tx);
      const changed = sources.flatMap((source) => {
        const state = stateOf(source, now, throughout);
        return state === source.told ? [] : [{ source, kind: source.kind, state, since: state === 'stale' ? new Date(staleAt(source)) : now }];
      });
      if (changed.length === 0) return;
      const news = await this.sources.tell(tx, changed);
      const told = changed.filter(({ kind }) => news.has(kind));
      await this.outbox.publish(tx, sourcesTopic, told.map(({ source, kind, state, since }) => ({
        type: 'perennial.source.changed.v1' as const, key: kind, time: now,
        data: { kind, state, since: since.toISOString(), lastSeenAt: new Date(source.lastSeenAt).toISOString(), usualGapSeconds: Math.round(source.usualGapMs / 1000) },
      })));
    });
  }
}

const staleAt = (source: WatchedSource): number => livenessOf([source])[source.kind]?.staleAt ?? Infinity;

function stateOf(source: WatchedSource, now: Date, throughout: Date | null): ToldState {
  const at = staleAt(source);
  if (at > now.getTime()) return 'alive';
  return throughout !== null && at <= throughout.getTime() ? 'stale' : source.told;
}
