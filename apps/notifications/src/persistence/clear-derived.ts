import type { Transaction } from '@perennial/persistence/transaction';

/**
 * Nothing: the copy of the accounts is written over as they are read again, since inbox items that come up meanwhile are
 * addressed to their owners. Endpoints, deliveries, inbox and live stream are this service's own, and what was announced stays
 * marked, so that a rebuild tells nobody anything twice.
 */
export async function clearDerived(_tx: Transaction): Promise<void> {}
