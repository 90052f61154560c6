import type { Transaction } from '@perennial/persistence/transaction';

/** Everything this service holds can be read again from `signals` and `health`. */
export async function clearDerived(tx: Transaction): Promise<void> {
  await tx.query('TRUNCATE renewal, contract_entry, account_forecast');
}
