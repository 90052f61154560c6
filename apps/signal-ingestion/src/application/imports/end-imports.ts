import { Injectable } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { unmarked } from '../../domain/account.js';
import { AccountStore } from '../account-store.js';
import { PublishAccounts } from '../publish-accounts.js';
import { ImportStore, type Carrier, type Import } from './import-store.js';

const batchSize = 200;

/** Lets go the accounts that an import touched: each gets its one net verdict now. */
@Injectable()
export class EndImports {
  constructor(
    private readonly database: Database,
    private readonly store: ImportStore,
    private readonly accounts: AccountStore,
    private readonly publishAccounts: PublishAccounts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Some of them; the import is over when none is left. */
  release(importId: string, owner: string, leaseMs: number): Promise<void> {
    return this.database.transaction(async (tx) => {
      const one = await this.store.hold(tx, importId, owner, leaseMs, 'ending');
      if (one === null) return;
      const carriers = await this.store.carriers(tx, importId, batchSize);
      if (carriers.length > 0) await this.letGo(tx, one, carriers);
      killPoint('import.releasing');
      if (carriers.length < batchSize) await this.store.close(tx, importId, this.clock.now());
    });
  }

  /** The mark says how many contacts the whole import changed (no name of its file: that may be somebody's, and marks are never erased), and is told to all that may have heard of the beginning, also to those that were merged since; aliases are never told of. */
  private async letGo(tx: Transaction, { id: importId, knownContacts, changedContacts }: Import, carriers: readonly Carrier[]): Promise<void> {
    const now = this.clock.now();
    const { accounts } = await this.accounts.lock(tx, carriers.map(({ id }) => ({ id, earliest: now.getTime(), whole: true })));
    await this.publishAccounts.publish(tx, accounts.map((account) => ({ account: unmarked(account, importId), cause: undefined })), now);
    const contacts = changedContacts === 0 ? {} : { contacts: { known: knownContacts ?? 0, changed: changedContacts } };
    await this.outbox.publish(tx, signalsTopic, carriers.filter(({ isAlias }) => !isAlias).map(({ id }) => ({ type: 'perennial.account.imported.v1' as const, key: id, data: { accountId: id, importId, ...contacts }, time: now })));
  }
}
