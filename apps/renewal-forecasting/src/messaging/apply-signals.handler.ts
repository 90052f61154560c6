import { Inject, Injectable } from '@nestjs/common';
import type { Signal } from '@perennial/contracts/signal';
import { signalsTopic } from '@perennial/contracts/topics';
import { Consumes, PoisonRecord, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import { ForecastAccounts, type AccountChange } from '../application/forecast-accounts.js';
import type { RenewalForecastingConfig } from '../config.js';
import { reset, restated, withEntry, withGoals } from '../domain/account-state.js';
import { contractEntryOf, refusalOf } from './contract-entry-of.js';
import { goalChangeOf } from './goal-change-of.js';

type SignalsEvent = ReceivedEvent<typeof signalsTopic>;

/** Contracts, goals, metrics and milestones of the account; all other kinds, nearly all there are, pass by without a query. */
@Injectable()
@Consumes(signalsTopic, { restMs: 40 })
export class ApplySignalsHandler implements BatchHandler<typeof signalsTopic> {
  constructor(
    private readonly forecastAccounts: ForecastAccounts,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: RenewalForecastingConfig,
  ) {}

  async handle(batch: EventBatch<typeof signalsTopic>, tx: Transaction): Promise<PoisonRecord[]> {
    const changes: AccountChange[] = [];
    const refused: PoisonRecord[] = [];
    for (const event of batch.events) {
      const change = this.changeOf(event);
      if (change instanceof PoisonRecord) refused.push(change);
      else if (change) changes.push({ accountId: event.key, apply: change, event });
    }
    if (changes.length > 0) {
      const now = this.nowFor(batch);
      await this.forecastAccounts.forecast(tx, changes, () => now);
    }
    return refused;
  }

  private changeOf(event: SignalsEvent): AccountChange['apply'] | PoisonRecord | null {
    if (event.type === 'perennial.account.reset.v1') return reset;
    if (event.type === 'perennial.account.restated.v1') return restated;
    // Whose verdict waits for an import is scoring's business; the ledger is the same in any order.
    if (event.type === 'perennial.account.importing.v1' || event.type === 'perennial.account.imported.v1') return null;
    const signal: Signal = event.data;
    switch (signal.kind) {
      case 'contract': {
        const refusal = refusalOf(signal, this.config.reportingCurrency);
        if (refusal) return new PoisonRecord(refusal.code, refusal.detail, event);
        const entry = contractEntryOf(signal);
        return (state) => withEntry(state, entry);
      }
      case 'goal':
      case 'milestone':
      case 'metric': {
        const change = goalChangeOf(signal);
        return (state) => withGoals(state, change);
      }
      default:
        return null;
    }
  }

  /** While the partition lags, time is that of the last signal here: a renewal may lie unread behind it. */
  private nowFor(batch: EventBatch<typeof signalsTopic>): Date {
    const now = this.clock.now();
    const last = batch.events.findLast((event) => 'receivedAt' in event.data);
    if (batch.caughtUp || !last) return now;
    const received = new Date((last.data as Signal).receivedAt);
    return received < now ? received : now;
  }
}
