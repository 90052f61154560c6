import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { StateQueries } from '../application/state-queries.js';
import { decodeState } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';

@Injectable()
export class PostgresStateQueries extends StateQueries {
  constructor(private readonly database: Database) {
    super();
  }

  async read(accountId: string): Promise<AccountHealthState | null> {
    const [row] = await this.database.query<{ state: Buffer }>({ name: 'state-of-account', text: 'SELECT state FROM account_health WHERE account_id = $1 AND length(state) > 0', values: [accountId] });
    return row === undefined ? null : decodeState(accountId, row.state);
  }

  async readMany(accountIds: readonly string[]): Promise<AccountHealthState[]> {
    const rows = await this.database.query<{ account_id: string; state: Buffer }>({ name: 'states-of-accounts', text: 'SELECT account_id, state FROM account_health WHERE account_id = ANY($1::text[]) AND length(state) > 0', values: [accountIds] });
    return rows.map((row) => decodeState(row.account_id, row.state));
  }
}
