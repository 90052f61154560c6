import { Injectable } from '@nestjs/common';
import { ErasedWords } from '@perennial/contracts/erased-words';
import { peopleTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Transaction } from '@perennial/persistence/transaction';
import { ToldTexts } from '../application/told-texts.js';

/** Takes people who were erased out of what was told, and of what still waits to be. */
@Injectable()
@Consumes(peopleTopic)
export class ForgetPeopleHandler implements BatchHandler<typeof peopleTopic> {
  constructor(
    private readonly told: ToldTexts,
    private readonly letters: DeadLetters,
  ) {}

  async handle(batch: EventBatch<typeof peopleTopic>, tx: Transaction): Promise<void> {
    for (const { data } of batch.events) {
      const words = new ErasedWords(data);
      await this.told.forget(tx, data.accountId, words);
      await this.letters.forgetHolding(tx, data.accountId, words.searched);
    }
  }
}
