import type { Transaction } from '@perennial/persistence/transaction';

const applyingAgain = new WeakSet<Transaction>();

/** Says that the transaction applies records that were applied before a rebuild: what it drafts for log topics was told then. */
export function markApplyingAgain(tx: Transaction): void {
  applyingAgain.add(tx);
}

export function isApplyingAgain(tx: Transaction): boolean {
  return applyingAgain.has(tx);
}
