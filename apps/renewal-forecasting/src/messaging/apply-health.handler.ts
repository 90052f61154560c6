import { Injectable } from '@nestjs/common';
import { healthTopic, signalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { partitionOf } from '@perennial/messaging/partitioner';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { ForecastAccounts } from '../application/forecast-accounts.js';
import { withHealth, type AccountState } from '../domain/account-state.js';
import { healthReadingOf } from './health-reading-of.js';

/** Indicators and pulse drive the forecast; a health that changes neither costs one read. */
@Injectable()
@Consumes(healthTopic)
export class ApplyHealthHandler implements BatchHandler<typeof healthTopic> {
  constructor(
    private readonly forecastAccounts: ForecastAccounts,
    private readonly progress: ConsumerProgress,
    private readonly clock: Clock,
  ) {}

  async handle(batch: EventBatch<typeof healthTopic>, tx: Transaction): Promise<void> {
    const changes = batch.events.map((event) => {
      const reading = healthReadingOf(event.data);
      return { accountId: event.key, apply: (state: AccountState) => withHealth(state, reading), event };
    });
    const toldAt = new Map(batch.events.map((event) => [event.key, new Date(event.data.asOf)]));
    const now = this.clock.now();
    const current = await this.caughtUpPartitions();
    const partitions = this.progress.partitionCount(signalsTopic);
    await this.forecastAccounts.forecast(tx, changes, (state) => {
      if (current.has(partitionOf(state.accountId, partitions))) return now;
      // Signals wait to be read: judge as of what has been.
      return state.asOf === null ? toldAt.get(state.accountId)! : new Date(state.asOf);
    });
  }

  private async caughtUpPartitions(): Promise<Set<number>> {
    const current = new Set<number>();
    for (const partition of this.progress.assigned(signalsTopic)) {
      if (await this.progress.caughtUp(signalsTopic, partition)) current.add(partition);
    }
    return current;
  }
}
