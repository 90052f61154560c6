import { Injectable } from '@nestjs/common';
import { riskChangesTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { AnnounceRiskChanges } from '../application/announce-risk-changes.js';

@Injectable()
@Consumes(riskChangesTopic)
export class AnnounceRiskChangesHandler implements BatchHandler<typeof riskChangesTopic> {
  constructor(private readonly announceRiskChanges: AnnounceRiskChanges) {}

  handle(batch: EventBatch<typeof riskChangesTopic>, tx: Transaction): Promise<void> {
    return this.announceRiskChanges.announce(batch.events, tx);
  }
}
