import type { ContractEntry } from '../domain/contract-entry.js';

export interface LedgerOfContract {
  readonly accountId: string;
  readonly contractId: string;
  readonly entries: readonly ContractEntry[];
}

/** The contract ledger, for reading. */
export abstract class ContractLedgerReader {
  /** Whole ledgers of up to `limit` contracts, by contract id. */
  abstract list(accountId: string | null, after: string | null, limit: number): Promise<LedgerOfContract[]>;
  abstract get(contractId: string): Promise<LedgerOfContract | null>;
}
