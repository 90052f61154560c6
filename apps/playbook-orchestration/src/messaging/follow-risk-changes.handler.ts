import { Injectable } from '@nestjs/common';
import { riskChangesTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Desks, type DeskWork } from '../application/desks.js';
import { followRiskChange } from '../domain/follow-risk-change.js';
import { occasionOf } from './occasion-of.js';

@Injectable()
@Consumes(riskChangesTopic)
export class FollowRiskChangesHandler implements BatchHandler<typeof riskChangesTopic> {
  constructor(private readonly desks: Desks) {}

  handle(batch: EventBatch<typeof riskChangesTopic>, tx: Transaction): Promise<void> {
    const works = batch.events.map((event) => {
      const occasion = occasionOf(event);
      return { accountId: event.key, occasion, cause: event, work: (desk, office) => followRiskChange(desk, event.data, occasion, office) } satisfies DeskWork;
    });
    return this.desks.work(tx, works);
  }
}
