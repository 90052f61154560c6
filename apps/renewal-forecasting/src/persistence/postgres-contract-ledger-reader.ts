import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { ContractLedgerReader, type LedgerOfContract } from '../application/contract-ledger-reader.js';
import { contractEntryColumns, contractEntryFrom, type ContractEntryRow } from './contract-entry-row.js';

@Injectable()
export class PostgresContractLedgerReader extends ContractLedgerReader {
  constructor(private readonly database: Database) {
    super();
  }

  async list(accountId: string | null, after: string | null, limit: number): Promise<LedgerOfContract[]> {
    const rows = await this.database.query<ContractEntryRow>({
      text: `SELECT ${contractEntryColumns} FROM contract_entry JOIN (
               SELECT contract_id, account_id FROM contract_entry WHERE ($1::text IS NULL OR account_id = $1) AND ($2::text IS NULL OR contract_id > $2)
               GROUP BY contract_id, account_id ORDER BY contract_id, account_id LIMIT $3
             ) page USING (contract_id, account_id) ORDER BY contract_id, account_id`,
      values: [accountId, after, limit],
    });
    return ledgersFrom(rows);
  }

  async get(contractId: string): Promise<LedgerOfContract | null> {
    const rows = await this.database.query<ContractEntryRow>({
      text: `SELECT ${contractEntryColumns} FROM contract_entry WHERE contract_id = $1 ORDER BY account_id`,
      values: [contractId],
    });
    return ledgersFrom(rows)[0] ?? null;
  }
}

function ledgersFrom(rows: readonly ContractEntryRow[]): LedgerOfContract[] {
  const byContract = Map.groupBy(rows, (row) => JSON.stringify([row.contract_id, row.account_id]));
  return [...byContract.values()].map((group) => ({ accountId: group[0]!.account_id, contractId: group[0]!.contract_id, entries: group.map(contractEntryFrom) }));
}
