import { Injectable } from '@nestjs/common';
import { ErasedWords } from '@perennial/contracts/erased-words';
import { peopleTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Transaction } from '@perennial/persistence/transaction';

/** What is kept of accounts comes again without a person who was erased; letters that could not be applied do not. */
@Injectable()
@Consumes(peopleTopic)
export class ForgetPeopleHandler implements BatchHandler<typeof peopleTopic> {
  constructor(private readonly letters: DeadLetters) {}

  async handle(batch: EventBatch<typeof peopleTopic>, tx: Transaction): Promise<void> {
    for (const { data } of batch.events) await this.letters.forgetHolding(tx, data.accountId, new ErasedWords(data).searched);
  }
}
