import { Injectable } from '@nestjs/common';
import { sourcesTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Inbox } from '../application/inbox.js';

/** A signal source that went quiet for everyone is one inbox item for operators, not one per account. */
@Injectable()
@Consumes(sourcesTopic)
export class TellStaleSourcesHandler implements BatchHandler<typeof sourcesTopic> {
  constructor(private readonly inbox: Inbox) {}

  async handle(batch: EventBatch<typeof sourcesTopic>, tx: Transaction): Promise<void> {
    await this.inbox.add(tx, batch.events.filter((event) => event.data.state === 'stale').map(({ data }) => ({
      key: `source-stale ${data.kind} ${data.since}`,
      audience: 'role:operator' as const,
      kind: 'source_stale' as const,
      accountId: null,
      title: `No ${data.kind} signal from any account since ${data.lastSeenAt}. Scores keep what they knew; look at the source.`,
      createdAt: new Date(data.since),
    })));
  }
}
