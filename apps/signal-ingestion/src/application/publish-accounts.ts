import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { accountsTopic } from '@perennial/contracts/topics';
import { Outbox, type Cause } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import canonicalize from 'canonicalize';
import { stateOf, type Account } from '../domain/account.js';
import { stakeholderOf } from '../domain/contact.js';
import { AccountStore } from './account-store.js';

/** An account to publish and what changed it. */
export interface ChangedAccount {
  readonly account: Account;
  readonly cause: Cause | undefined;
}

/** Saves accounts and puts their whole state on `accounts`, where it differs from what was published last. */
@Injectable()
export class PublishAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly outbox: Outbox,
  ) {}

  /** The accounts are locked and their contacts saved. Answers the new version of each, null where nothing changed. */
  async publish(tx: Transaction, changed: readonly ChangedAccount[], now: Date): Promise<(number | null)[]> {
    if (changed.length === 0) return [];
    const stakeholders = Map.groupBy(await this.accounts.stakeholders(tx, changed.map(({ account }) => account.id)), (contact) => contact.accountId);
    const drafts = changed.map(({ account, cause }) => {
      const data = stateOf(account, (stakeholders.get(account.id) ?? []).map(stakeholderOf));
      const fingerprint = createHash('sha256').update(canonicalize(data) ?? '').digest('base64');
      return { type: 'perennial.account.changed.v1' as const, key: account.id, data, time: now, cause, fingerprint };
    });
    const versions = await this.outbox.publish(tx, accountsTopic, drafts);
    await this.accounts.save(tx, changed.map(({ account }, at) => ({ account, version: versions[at] ?? null })));
    return versions;
  }
}
