import type { Transaction } from '@perennial/persistence/transaction';

export interface OwnedAccount {
  readonly id: string;
  readonly name: string | null;
  /** User id; null: nobody owns it. */
  readonly ownerId: string | null;
}

/** Who owns which account: inbox items go to the owner. */
export abstract class AccountOwners {
  /** Keeps the newest state of these accounts, each named once, with one statement. */
  abstract keep(tx: Transaction, accounts: readonly OwnedAccount[]): Promise<void>;
}
