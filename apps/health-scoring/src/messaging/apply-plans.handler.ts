import { Injectable } from '@nestjs/common';
import { plansTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { isDeepStrictEqual } from 'node:util';
import { RescoreAccounts, type AccountChange } from '../application/rescore-accounts.js';
import { SignalTime } from '../application/signal-time.js';
import { applyPlans } from '../domain/account-health.js';

/** Which save-plan reviews are open or decided: a decided one asks again only for a new group of strikes. */
@Injectable()
@Consumes(plansTopic)
export class ApplyPlansHandler implements BatchHandler<typeof plansTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
  ) {}

  async handle(batch: EventBatch<typeof plansTopic>, tx: Transaction): Promise<void> {
    await this.rescoreAccounts.rescore(tx, null, batch.events.map(changeOf), await this.signalTime.outsideOfSignals(tx), 'signal');
  }
}

function changeOf(event: ReceivedEvent<typeof plansTopic>): AccountChange {
  return {
    accountId: event.key,
    contacts: [],
    apply: (state) => {
      const before = state.reviews;
      applyPlans(state, event.data);
      return isDeepStrictEqual(before, state.reviews) ? false : undefined;
    },
    event,
  };
}
