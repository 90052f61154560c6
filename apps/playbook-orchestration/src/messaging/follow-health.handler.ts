import { Injectable } from '@nestjs/common';
import { healthTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Desks, type DeskWork } from '../application/desks.js';
import { followHealth } from '../domain/follow-health.js';
import { occasionOf } from './occasion-of.js';

@Injectable()
@Consumes(healthTopic)
export class FollowHealthHandler implements BatchHandler<typeof healthTopic> {
  constructor(private readonly desks: Desks) {}

  handle(batch: EventBatch<typeof healthTopic>, tx: Transaction): Promise<void> {
    const works = batch.events.map((event) => {
      const occasion = occasionOf(event);
      return { accountId: event.key, occasion, cause: event, work: (desk, office) => followHealth(desk, event.data, occasion, office) } satisfies DeskWork;
    });
    return this.desks.work(tx, works);
  }
}
