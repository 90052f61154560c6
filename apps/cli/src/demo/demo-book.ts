import type { SignalInput } from '@perennial/contracts/signal';
import { historyOf } from './account-history.js';
import type { AccountProfile } from './account-profile.js';
import { steadyAccounts } from './steady-accounts.js';
import { storyAccount } from './story-account.js';
import { worryingAccounts } from './worrying-accounts.js';

/** A dozen customers and what their systems said over four months. */
export interface DemoBook {
  readonly accounts: readonly AccountProfile[];
  /** In the order in which it happened; ids and contents are the same for the same day. */
  readonly history: readonly SignalInput[];
}

export function demoBook(today: string): DemoBook {
  const accounts = [storyAccount, ...worryingAccounts, ...steadyAccounts];
  const history = accounts.flatMap((account) => historyOf(account, today));
  history.sort((a, b) => compare(a.occurredAt ?? '', b.occurredAt ?? '') || compare(a.id ?? '', b.id ?? ''));
  return { accounts, history };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
