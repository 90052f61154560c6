import { Injectable } from '@nestjs/common';
import { sourcesTopic, telemetryTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { rhythmOf, rhythmWeeks } from '../domain/source-rhythm.js';
import { importedFiles } from '../domain/source-tally.js';
import { SourceFigures, type WatchedSource } from './source-figures.js';
import { SourceStore } from './source-store.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * Publishes when a source goes quiet against its own rhythm, and when it is back: once each. While telemetry waits
 * that may prove the contrary nobody is called quiet.
 */
@Injectable()
@RunsDueWork()
export class WatchRhythms implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly figures: SourceFigures,
    private readonly sources: SourceStore,
    private readonly progress: ConsumerProgress,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  nextDueAt(): Promise<Date | null> {
    return this.figures.nextLookAt(this.clock.now());
  }

  async runDue(now: Date): Promise<void> {
    while (await this.database.transaction((tx) => this.lookAtOne(tx, now)));
  }

  /** False: none is left to look at, or nobody may be judged now. */
  private async lookAtOne(tx: Transaction, now: Date): Promise<boolean> {
    const watched = await this.figures.claim(tx, now);
    if (!watched) return false;
    const { sourceId } = watched;
    const name = await this.sources.nameOf(tx, sourceId);
    if (name === null) {
      // Revoked: its silence is meant.
      await this.figures.unwatch(tx, sourceId);
      return true;
    }
    const { hours, newestReceivedAt } = await this.figures.activity(tx, sourceId, new Date(now.getTime() - (rhythmWeeks + 4) * 7 * dayMs));
    if (watched.state === 'quiet') {
      const since = newestReceivedAt ?? now;
      await this.tell(tx, { sourceId, state: 'active', since }, name, since, now);
      await this.figures.watch(tx, { sourceId, state: 'active', since }, new Date(now.getTime() + hourMs));
      return true;
    }
    const rhythm = rhythmOf(hours.map((hour) => hour.getTime()));
    // Files come while somebody sets up, and end when they are done: their silence is meant as well.
    if (rhythm.kind !== 'regular' || newestReceivedAt === null || sourceId === importedFiles) {
      await this.figures.watch(tx, watched, new Date(now.getTime() + dayMs));
      return true;
    }
    const quietAt = new Date(rhythm.quietAt);
    if (quietAt > now) {
      await this.figures.watch(tx, watched, quietAt);
      return true;
    }
    if ((await this.progress.behind(telemetryTopic, tx)).size > 0) return false;
    await this.tell(tx, { sourceId, state: 'quiet', since: quietAt }, name, newestReceivedAt, now);
    await this.figures.watch(tx, { sourceId, state: 'quiet', since: quietAt }, quietAt);
    return true;
  }

  private async tell(tx: Transaction, { sourceId, state, since }: WatchedSource, name: string, lastReceivedAt: Date, now: Date): Promise<void> {
    const data = { sourceId, name, state, since: since.toISOString(), lastReceivedAt: lastReceivedAt.toISOString() };
    await this.outbox.publish(tx, sourcesTopic, [{ type: 'perennial.sender.changed.v1', key: sourceId, time: now, data }]);
  }
}
