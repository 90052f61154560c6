import type { Sql } from '@perennial/persistence/transaction';
import type { ContractOutcome } from '../../domain/backtest/account-history.js';
import type { PairedTerm, TermOfAccount } from '../../domain/backtest/paired-term.js';

/** How the terms of some accounts ended, by account and notice date. */
export async function outcomesOf(sql: Sql, accountIds: readonly string[]): Promise<Map<string, ContractOutcome[]>> {
  const rows = await sql.query<ContractOutcome & { accountId: string }>({
    name: 'simulated-outcomes',
    text: `SELECT account_id AS "accountId", starts_on - date '1970-01-01' AS "startsOn", notice_on - date '1970-01-01' AS "noticeOn", lost, decided_on - date '1970-01-01' AS "decidedOn"
           FROM contract_outcome WHERE account_id = ANY($1) ORDER BY account_id, notice_on, renewal_id`,
    values: [accountIds],
  });
  return Map.groupBy(rows, ({ accountId }) => accountId);
}

const accountsAtOnce = 200;

/** All terms that a simulation has kept, some accounts at a time. */
export async function* keptTerms(sql: Sql, simulationId: string): AsyncGenerator<TermOfAccount[]> {
  for (let after = ''; ; ) {
    const rows = await sql.query<{ accountId: string; terms: PairedTerm[] }>({
      name: 'simulated-terms', text: 'SELECT account_id AS "accountId", terms FROM simulated_term WHERE simulation_id = $1 AND account_id > $2 ORDER BY account_id LIMIT $3', values: [simulationId, after, accountsAtOnce],
    });
    yield rows.flatMap(({ accountId, terms }) => terms.map((term) => ({ accountId, ...term })));
    if (rows.length < accountsAtOnce) return;
    after = rows.at(-1)!.accountId;
  }
}
