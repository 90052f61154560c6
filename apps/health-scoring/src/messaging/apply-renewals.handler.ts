import { Injectable } from '@nestjs/common';
import { renewalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { isDeepStrictEqual } from 'node:util';
import { Clock } from '@perennial/service-kit/clock';
import { outcomesOf, RenewalOutcomes } from '../application/renewal-outcomes.js';
import { RescoreAccounts, type AccountChange } from '../application/rescore-accounts.js';
import { SignalTime } from '../application/signal-time.js';
import { applyRenewals } from '../domain/account-health.js';

/** Dates and ARR of the next renewal, and how terms ended, never the forecast: the loop between the two services ends here. */
@Injectable()
@Consumes(renewalsTopic)
export class ApplyRenewalsHandler implements BatchHandler<typeof renewalsTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly outcomes: RenewalOutcomes,
    private readonly clock: Clock,
  ) {}

  async handle(batch: EventBatch<typeof renewalsTopic>, tx: Transaction): Promise<void> {
    await this.rescoreAccounts.rescore(tx, null, batch.events.map(changeOf), await this.signalTime.outsideOfSignals(tx), 'signal');
    const newest = [...new Map(batch.events.map(({ key, data }) => [key, data])).values()];
    await this.outcomes.replace(tx, newest.map(({ accountId }) => accountId), newest.flatMap(outcomesOf), this.clock.now());
  }
}

function changeOf(event: ReceivedEvent<typeof renewalsTopic>): AccountChange {
  return {
    accountId: event.key,
    contacts: [],
    apply: (state) => {
      const before = state.renewal;
      applyRenewals(state, event.data);
      // Most events move the forecast alone: they end here, without a look and without a write.
      return isDeepStrictEqual(before, state.renewal) ? false : undefined;
    },
    event,
  };
}
