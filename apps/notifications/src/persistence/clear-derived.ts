import type { Transaction } from '@perennial/persistence/transaction';

/**
 * Only the copy of the accounts can be read again. Endpoints, deliveries, inbox and live stream are this
 * service's own, and what was announced stays marked, so that a rebuild tells nobody anything twice.
 */
export async function clearDerived(tx: Transaction): Promise<void> {
  await tx.query('DELETE FROM account');
}
