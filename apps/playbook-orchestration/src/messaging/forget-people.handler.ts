import { Injectable } from '@nestjs/common';
import { ErasedWords } from '@perennial/contracts/erased-words';
import { peopleTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import type { Transaction } from '@perennial/persistence/transaction';
import { Desks, type DeskWork } from '../application/desks.js';
import { OrchestrationStore } from '../application/orchestration-store.js';
import { occasionOf } from './occasion-of.js';

/** Takes people who were erased out of runs and tasks, those that have ended too. */
@Injectable()
@Consumes(peopleTopic)
export class ForgetPeopleHandler implements BatchHandler<typeof peopleTopic> {
  constructor(
    private readonly desks: Desks,
    private readonly store: OrchestrationStore,
    private readonly letters: DeadLetters,
  ) {}

  async handle(batch: EventBatch<typeof peopleTopic>, tx: Transaction): Promise<void> {
    const erased = batch.events.map((event) => ({ event, words: new ErasedWords(event.data) }));
    const works = erased.map(({ event, words }): DeskWork => ({ accountId: event.data.accountId, occasion: occasionOf(event), cause: event, work: (desk) => words.from(desk) }));
    // Opens the desks, which keeps everybody else from them: what follows changes the rest.
    await this.desks.work(tx, works);
    for (const { event, words } of erased) {
      await this.store.forget(tx, event.data.accountId, words);
      await this.letters.forgetHolding(tx, event.data.accountId, words.searched);
    }
  }
}
