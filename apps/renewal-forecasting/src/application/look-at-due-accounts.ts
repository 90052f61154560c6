import { Injectable } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { Database } from '@perennial/persistence/transaction';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { AccountForecastStore } from './account-forecast-store.js';
import { ForecastAccounts } from './forecast-accounts.js';

const mostAtOnce = 200;

/**
 * Time alone changes forecasts: a notice date passes, a term ends, grace runs out, a goal falls due, evidence
 * fades. Looks at accounts of the partitions this replica consumes, and only where no signal waits: else a
 * renewal that lies unread would be judged lost.
 */
@Injectable()
@RunsDueWork()
export class LookAtDueAccounts implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly store: AccountForecastStore,
    private readonly forecastAccounts: ForecastAccounts,
    private readonly progress: ConsumerProgress,
  ) {}

  nextDueAt(): Promise<Date | null> {
    return this.store.nextLookAt(this.progress.assigned(signalsTopic));
  }

  async runDue(now: Date): Promise<void> {
    const partitions: number[] = [];
    for (const partition of this.progress.assigned(signalsTopic)) {
      if (await this.progress.caughtUp(signalsTopic, partition)) partitions.push(partition);
    }
    let looked = mostAtOnce;
    while (looked === mostAtOnce) {
      looked = await this.database.transaction(async (tx) => {
        const due = await this.store.due(tx, partitions, now, mostAtOnce);
        if (due.length > 0) await this.forecastAccounts.forecast(tx, due.map((accountId) => ({ accountId, apply: (state) => state })), () => now, true);
        return due.length;
      });
    }
  }
}
