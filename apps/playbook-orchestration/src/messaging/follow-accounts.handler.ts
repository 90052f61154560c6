import { Injectable } from '@nestjs/common';
import { accountsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Desks, type DeskWork } from '../application/desks.js';
import { followAccount } from '../domain/follow-account.js';
import { occasionOf } from './occasion-of.js';

@Injectable()
@Consumes(accountsTopic)
export class FollowAccountsHandler implements BatchHandler<typeof accountsTopic> {
  constructor(private readonly desks: Desks) {}

  handle(batch: EventBatch<typeof accountsTopic>, tx: Transaction): Promise<void> {
    const works = batch.events.map((event) => {
      const occasion = occasionOf(event);
      return { accountId: event.key, occasion, cause: event, work: (desk, office) => followAccount(desk, event.data, occasion, office) } satisfies DeskWork;
    });
    const accounts = batch.events.map((event) => event.data);
    return this.desks.work(tx, works, {
      countries: accounts.map((account) => account.country).filter((country) => country !== null),
      userIds: accounts.map((account) => account.ownerId).filter((owner) => owner !== null),
    });
  }
}
