import { Injectable } from '@nestjs/common';
import { renewalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { isDeepStrictEqual } from 'node:util';
import { OutcomeStore, type AccountOutcomes } from '../application/outcome-store.js';
import { RescoreAccounts, type AccountChange } from '../application/rescore-accounts.js';
import { SignalTime } from '../application/signal-time.js';
import { applyRenewals } from '../domain/account-health.js';
import { parseDay } from '../domain/time/day.js';

/** Dates and ARR of the next renewal, never the forecast: the loop between the two services ends here. How terms ended is kept for backtests, and to hold judgements against. */
@Injectable()
@Consumes(renewalsTopic)
export class ApplyRenewalsHandler implements BatchHandler<typeof renewalsTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly outcomes: OutcomeStore,
  ) {}

  async handle(batch: EventBatch<typeof renewalsTopic>, tx: Transaction): Promise<void> {
    await this.rescoreAccounts.rescore(tx, null, batch.events.map(changeOf), await this.signalTime.outsideOfSignals(tx), 'signal');
    // Each event is the whole state: of several versions only the newest counts.
    await this.outcomes.keepOutcomes(tx, [...new Map(batch.events.map((event) => [event.key, outcomesOf(event)])).values()]);
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

function outcomesOf({ key, data }: ReceivedEvent<typeof renewalsTopic>): AccountOutcomes {
  const outcomes = data.renewals.flatMap(({ id, state, startsOn, noticeOn, decidedOn }) => {
    if (state !== 'renewed' && state !== 'churned') return [];
    return [{ renewalId: id, startsOn: startsOn === undefined ? null : parseDay(startsOn), noticeOn: parseDay(noticeOn), lost: state === 'churned', decidedOn: decidedOn ? parseDay(decidedOn) : null }];
  });
  return { accountId: key, outcomes };
}
