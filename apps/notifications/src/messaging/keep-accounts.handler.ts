import { Injectable } from '@nestjs/common';
import { accountsTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { AccountOwners } from '../application/account-owners.js';

/** Keeps who owns which account. */
@Injectable()
@Consumes(accountsTopic)
export class KeepAccountsHandler implements BatchHandler<typeof accountsTopic> {
  constructor(private readonly owners: AccountOwners) {}

  handle(batch: EventBatch<typeof accountsTopic>, tx: Transaction): Promise<void> {
    const newest = new Map(batch.events.map(({ key, data }) => [key, { id: key, name: data.name, ownerId: data.ownerId }]));
    return this.owners.keep(tx, [...newest.values()]);
  }
}
