import { Injectable } from '@nestjs/common';
import { renewalsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Desks, type DeskWork } from '../application/desks.js';
import { followRenewals } from '../domain/follow-renewals.js';
import { occasionOf } from './occasion-of.js';

@Injectable()
@Consumes(renewalsTopic)
export class FollowRenewalsHandler implements BatchHandler<typeof renewalsTopic> {
  constructor(private readonly desks: Desks) {}

  handle(batch: EventBatch<typeof renewalsTopic>, tx: Transaction): Promise<void> {
    const works = batch.events.map((event) => {
      const occasion = occasionOf(event);
      return { accountId: event.key, occasion, cause: event, work: (desk, office) => followRenewals(desk, event.data, occasion, office) } satisfies DeskWork;
    });
    return this.desks.work(tx, works);
  }
}
