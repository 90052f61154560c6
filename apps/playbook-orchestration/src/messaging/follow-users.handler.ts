import { Injectable } from '@nestjs/common';
import { usersTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { ReleaseTasks } from '../application/release-tasks.js';
import { occasionOf } from './occasion-of.js';

@Injectable()
@Consumes(usersTopic)
export class FollowUsersHandler implements BatchHandler<typeof usersTopic> {
  constructor(private readonly releaseTasks: ReleaseTasks) {}

  handle(batch: EventBatch<typeof usersTopic>, tx: Transaction): Promise<void> {
    const newest = [...new Map(batch.events.map((event) => [event.key, event])).values()];
    return this.releaseTasks.follow(tx, newest.map((event) => ({ id: event.data.id, active: event.data.active, occasion: occasionOf(event), cause: event })));
  }
}
