import { Injectable } from '@nestjs/common';
import { ErasedWords } from '@perennial/contracts/erased-words';
import { peopleTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Transaction } from '@perennial/persistence/transaction';
import { AccountHealthStore } from '../application/account-health-store.js';
import { NoteSentimentStore } from '../application/note-sentiment-store.js';
import { RescoreAccounts } from '../application/rescore-accounts.js';
import { SignalTime } from '../application/signal-time.js';
import { withoutPerson } from '../domain/without-person.js';

/** The facts come again without a person who was erased; what people wrote with their judgements does not. The verdict is told anew, also where only its words differ. */
@Injectable()
@Consumes(peopleTopic)
export class ForgetPeopleHandler implements BatchHandler<typeof peopleTopic> {
  constructor(
    private readonly rescoreAccounts: RescoreAccounts,
    private readonly signalTime: SignalTime,
    private readonly store: AccountHealthStore,
    private readonly letters: DeadLetters,
    private readonly notes: NoteSentimentStore,
  ) {}

  async handle(batch: EventBatch<typeof peopleTopic>, tx: Transaction): Promise<void> {
    const erased = batch.events.map((event) => ({ accountId: event.data.accountId, event, words: new ErasedWords(event.data) }));
    const changes = erased.map(({ accountId, event, words }) => ({ accountId, event, contacts: [], apply: withoutPerson(words), isToldAnew: true }));
    await this.rescoreAccounts.rescore(tx, null, changes, await this.signalTime.outsideOfSignals(tx), 'restatement');
    for (const { accountId, event, words } of erased) {
      await this.store.forget(tx, accountId, words);
      await this.notes.forget(tx, accountId, event.data.ids);
      await this.letters.forgetHolding(tx, accountId, words.searched);
    }
  }
}
