import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { PartitionMemory } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import type { PersonUse } from '../domain/contacts/active-days.js';
import type { Verdict } from '../domain/look.js';
import type { AccountHealthState } from '../domain/state.js';

/** The contacts that folding will touch, by account. */
export type NamedContacts = ReadonlyMap<string, ReadonlySet<string>>;

export interface ScoredAccount {
  readonly state: AccountHealthState;
  /** Null while the account is being restated or its verdict waits: its facts are stored, its last verdict stands. */
  readonly verdict: Verdict | null;
  /** Version of the published verdict; null keeps the one before. */
  readonly version: number | null;
  /** When time alone asks for the next look; null: what ends the restatement will. */
  readonly nextLookAt: Date | null;
}

/** Facts for lists that come from other services. */
export interface AccountCard {
  readonly accountId: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly segment: string | null;
  readonly tier: string | null;
  readonly parentId: string | null;
  /** The account that took this one in; a merged one is not listed. */
  readonly mergedInto: string | null;
}

/** Per-account state. One transaction: load (which locks), change, save. */
export abstract class AccountHealthStore {
  /**
   * Locks the accounts in id order and gives their states, new ones included. States come from `memory` where
   * that is current, and leave it until they are saved and committed; with `memory` null all are read.
   */
  abstract load(tx: Transaction, memory: PartitionMemory | null, contacts: NamedContacts): Promise<Map<string, AccountHealthState>>;
  /** The use of all contacts of these accounts as it is stored, or of as many accounts as fit into memory, at least one; what the transaction changed of them is in the states. */
  abstract usesOf(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, PersonUse[]>>;
  /** Saves states that `load` gave, verdicts, list rows, the day's history and the next look. */
  abstract save(tx: Transaction, memory: PartitionMemory | null, accounts: readonly ScoredAccount[]): Promise<void>;
  abstract saveCards(tx: Transaction, cards: readonly AccountCard[]): Promise<void>;
  /** Takes a person out of what people wrote with their judgements, and of the last verdict, which stands while the next one waits. */
  abstract forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void>;
  /** True when a verdict on the account is stored. */
  abstract hasVerdict(tx: Transaction, accountId: string): Promise<boolean>;
}
