import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { AccountOwners, type OwnedAccount } from '../application/account-owners.js';

@Injectable()
export class PostgresAccountOwners extends AccountOwners {
  async keep(tx: Transaction, accounts: readonly OwnedAccount[]): Promise<void> {
    // In one order, so that two chunks that meet do not wait for each other.
    const sorted = accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    await tx.query({
      name: 'keep-accounts',
      text: `INSERT INTO account (id, name, owner_id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id`,
      values: [sorted.map((a) => a.id), sorted.map((a) => a.name), sorted.map((a) => a.ownerId)],
    });
  }
}
