import { Injectable } from '@nestjs/common';
import { accountsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { isDeepStrictEqual } from 'node:util';
import { AccountHealthStore } from '../application/account-health-store.js';
import { RescoreAccounts, type AccountChange } from '../application/rescore-accounts.js';
import { SignalTime } from '../application/signal-time.js';
import { applyAccount, contactsOfAccount, noteImport } from '../domain/account-health.js';

/** The account's own record: tier, go-live, stakeholders' roles; name, owner and segment for the portfolio. */
@Injectable()
@Consumes(accountsTopic)
export class ApplyAccountsHandler implements BatchHandler<typeof accountsTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly store: AccountHealthStore,
    private readonly signalTime: SignalTime,
  ) {}

  async handle(batch: EventBatch<typeof accountsTopic>, tx: Transaction): Promise<void> {
    // Each event is the whole record: of several versions only the newest counts.
    const newest = [...new Map(batch.events.map((event) => [event.key, event])).values()];
    // An import that came and went within the batch shows in earlier versions alone.
    const imported = new Set(batch.events.flatMap(({ key, data }) => (data.importing?.length ? [key] : [])));
    await this.rescoreAccounts.rescore(tx, null, newest.map((event) => changeOf(event, imported.has(event.key))), await this.signalTime.outsideOfSignals(tx), 'signal');
    await this.store.saveCards(tx, newest.map(({ key, data }) => ({ accountId: key, name: data.name, ownerId: data.ownerId, segment: data.segment, tier: data.tier, parentId: data.parentId, mergedInto: data.mergedInto })));
  }
}

function changeOf(event: ReceivedEvent<typeof accountsTopic>, isImported: boolean): AccountChange {
  return {
    accountId: event.key,
    contacts: contactsOfAccount(event.data),
    apply: (state) => {
      const { account, imports } = state;
      applyAccount(state, event.data);
      if (isImported) return noteImport(state);
      return isDeepStrictEqual({ account, imports }, { account: state.account, imports: state.imports }) && state.dirtyContacts.size === 0 ? false : undefined;
    },
    event,
  };
}
