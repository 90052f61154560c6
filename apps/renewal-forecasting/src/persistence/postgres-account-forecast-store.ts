import { Injectable } from '@nestjs/common';
import { signalsTopic } from '@perennial/contracts/topics';
import { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { partitionOf } from '@perennial/messaging/partitioner';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { AccountForecastStore, type SavedAccount } from '../application/account-forecast-store.js';
import type { AccountFacts } from '../domain/account-facts.js';
import { newAccount, type AccountState, type Published } from '../domain/account-state.js';
import { noFacts } from '../domain/account-facts.js';
import type { ContractEntry } from '../domain/contract-entry.js';
import { contractEntryColumns, contractEntryFrom, type ContractEntryRow } from './contract-entry-row.js';

interface AccountRow {
  readonly account_id: string;
  readonly facts: AccountFacts | null;
  readonly as_of: Date | null;
  readonly restating: boolean;
  readonly published: Published | null;
}

@Injectable()
export class PostgresAccountForecastStore extends AccountForecastStore {
  constructor(
    private readonly database: Database,
    private readonly progress: ConsumerProgress,
  ) {
    super();
  }

  async load(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, AccountState>> {
    const ids = [...accountIds].sort();
    const [rows, read] = await this.lockWithEntries(tx, ids);
    const missing = absent(ids, rows);
    // Entries of an account that was not there yet are read with the account.
    const entries = read.filter((entry) => !missing.includes(entry.account_id));
    if (missing.length > 0) {
      rows.push(...(await this.add(tx, missing)));
      // Somebody else made the rest between the two statements.
      const late = absent(missing, rows);
      if (late.length > 0) {
        const [lateRows, lateEntries] = await this.lockWithEntries(tx, late);
        rows.push(...lateRows);
        entries.push(...lateEntries);
      }
    }
    const ledgers = Map.groupBy(entries, (row) => row.account_id);
    return new Map(rows.map((row) => [row.account_id, stateOf(row, (ledgers.get(row.account_id) ?? []).map(contractEntryFrom))]));
  }

  /** The entries by a statement of its own behind the lock: it sees what was committed while the lock was waited for. */
  private lockWithEntries(tx: Transaction, ids: readonly string[]): Promise<[AccountRow[], ContractEntryRow[]]> {
    return Promise.all([
      tx.query<AccountRow>({
        name: 'lock-account-forecasts',
        text: 'SELECT account_id, facts, as_of, restating, published FROM unnest($1::text[]) AS asked (account_id) JOIN account_forecast f USING (account_id) ORDER BY f.account_id FOR NO KEY UPDATE OF f',
        values: [ids],
      }),
      tx.query<ContractEntryRow>({
        name: 'load-contract-entries',
        text: `SELECT ${contractEntryColumns} FROM unnest($1::text[]) AS asked (account_id) JOIN contract_entry USING (account_id)`,
        values: [ids],
      }),
    ]);
  }

  /** The rows that were not there. */
  private add(tx: Transaction, ids: readonly string[]): Promise<AccountRow[]> {
    const partitions = this.progress.partitionCount(signalsTopic);
    return tx.query<AccountRow>({
      name: 'add-account-forecasts',
      text: `INSERT INTO account_forecast (account_id, signals_partition) SELECT id, partition FROM unnest($1::text[], $2::integer[]) AS a (id, partition) ON CONFLICT DO NOTHING
             RETURNING account_id, facts, as_of, restating, published`,
      values: [ids, ids.map((id) => partitionOf(id, partitions))],
    });
  }

  async save(tx: Transaction, accounts: readonly SavedAccount[]): Promise<void> {
    await Promise.all([this.saveLedger(tx, accounts), this.saveStates(tx, accounts), this.saveRenewals(tx, accounts)]);
  }

  private async saveStates(tx: Transaction, accounts: readonly SavedAccount[]): Promise<void> {
    await tx.query({
      name: 'save-account-forecasts',
      text: `UPDATE account_forecast a SET facts = s.facts, as_of = s.as_of, restating = s.restating, published = s.published, next_look_at = s.look
             FROM unnest($1::text[], $2::jsonb[], $3::timestamptz[], $4::boolean[], $5::jsonb[], $6::timestamptz[]) AS s (id, facts, as_of, restating, published, look)
             WHERE a.account_id = s.id`,
      values: [
        accounts.map(({ after }) => after.accountId),
        accounts.map(({ after }) => JSON.stringify(after.facts)),
        accounts.map(({ after }) => after.asOf),
        accounts.map(({ after }) => after.restating),
        accounts.map(({ after }) => after.published && JSON.stringify(after.published)),
        accounts.map(({ nextLookAt }) => nextLookAt),
      ],
    });
  }

  /** Writes new entries. Only a restatement takes entries away: they come again, or were told of another account. */
  private async saveLedger(tx: Transaction, accounts: readonly SavedAccount[]): Promise<void> {
    const gone = accounts.flatMap(({ before, after }) => without(before.ledger, after.ledger).map((entry) => ({ accountId: after.accountId, entry })));
    if (gone.length > 0) {
      await tx.query({
        name: 'clear-contract-entries',
        text: `DELETE FROM contract_entry e USING unnest($1::text[], $2::text[], $3::text[]) AS g (account_id, source_id, signal_id)
               WHERE e.account_id = g.account_id AND e.source_id = g.source_id AND e.signal_id = g.signal_id`,
        values: [gone.map((g) => g.accountId), gone.map((g) => g.entry.sourceId), gone.map((g) => g.entry.id)],
      });
    }
    const added = accounts.flatMap(({ before, after }) => without(after.ledger, before.ledger).map((entry) => ({ accountId: after.accountId, ...entry })));
    if (added.length === 0) return;
    await tx.query({
      name: 'add-contract-entries',
      text: `INSERT INTO contract_entry (account_id, source_id, signal_id, contract_id, status, starts_on, ends_on, arr_minor, currency, seats, notice_days, auto_renew, product, effective_on, reason, controllable, occurred_at)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::bigint[], $9::text[], $10::bigint[], $11::integer[], $12::boolean[], $13::text[], $14::date[],
               $15::text[], $16::boolean[], $17::timestamptz[])`,
      values: [
        added.map((e) => e.accountId), added.map((e) => e.sourceId), added.map((e) => e.id), added.map((e) => e.contractId), added.map((e) => e.status), added.map((e) => e.startsOn), added.map((e) => e.endsOn),
        added.map((e) => e.arrMinor), added.map((e) => e.currency), added.map((e) => e.seats), added.map((e) => e.noticeDays), added.map((e) => e.autoRenew), added.map((e) => e.product), added.map((e) => e.effectiveOn),
        added.map((e) => e.reason), added.map((e) => e.controllable), added.map((e) => e.occurredAt),
      ],
    });
  }

  /** The renewals of an account are as last published, all of them. */
  private async saveRenewals(tx: Transaction, accounts: readonly SavedAccount[]): Promise<void> {
    const published = accounts.flatMap((account) => account.published ?? []);
    if (published.length === 0) return;
    const rows = published.flatMap(({ draft, version }) => draft.renewals.map((renewal) => ({ ...renewal, version })));
    await tx.query({
      name: 'save-renewals',
      text: `WITH told AS (
               SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::bigint[])
                 AS t (account_id, id, contract_id, renewal_on, notice_on, arr_minor, currency, state, outcome, forecast, version)
             ), gone AS (
               DELETE FROM renewal r USING unnest($1::text[]) AS asked (account_id) WHERE r.account_id = asked.account_id AND NOT EXISTS (SELECT FROM told t WHERE t.account_id = r.account_id AND t.id = r.id)
             )
             INSERT INTO renewal (account_id, id, contract_id, renewal_on, notice_on, arr_minor, currency, state, outcome, forecast, version) SELECT * FROM told
             ON CONFLICT (account_id, id) DO UPDATE SET notice_on = excluded.notice_on, arr_minor = excluded.arr_minor, currency = excluded.currency, state = excluded.state, outcome = excluded.outcome,
               forecast = excluded.forecast, version = excluded.version`,
      values: [
        published.map(({ draft }) => draft.accountId), rows.map((r) => r.accountId), rows.map((r) => r.id), rows.map((r) => r.contractId), rows.map((r) => r.renewalOn), rows.map((r) => r.noticeOn),
        rows.map((r) => r.arrMinor), rows.map((r) => r.currency), rows.map((r) => r.state), rows.map((r) => r.outcome), rows.map((r) => r.forecast && JSON.stringify(r.forecast)), rows.map((r) => r.version),
      ],
    });
  }

  async due(tx: Transaction, partitions: readonly number[], now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ account_id: string }>({
      name: 'due-account-forecasts',
      text: `SELECT account_id FROM account_forecast WHERE next_look_at <= $2 AND signals_partition = ANY($1::integer[])
             ORDER BY next_look_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`,
      values: [partitions, now, limit],
    });
    return rows.map((row) => row.account_id);
  }

  async nextLookAt(partitions: readonly number[]): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({
      name: 'next-account-forecast',
      text: 'SELECT min(next_look_at) AS at FROM account_forecast WHERE next_look_at IS NOT NULL AND signals_partition = ANY($1::integer[])',
      values: [partitions],
    });
    return row?.at ?? null;
  }
}

function stateOf(row: AccountRow, ledger: readonly ContractEntry[]): AccountState {
  return {
    ...newAccount(row.account_id),
    facts: row.facts ?? noFacts,
    ledger,
    restating: row.restating,
    asOf: row.as_of?.toISOString() ?? null,
    published: row.published,
  };
}

function absent(ids: readonly string[], rows: readonly AccountRow[]): string[] {
  const found = new Set(rows.map((row) => row.account_id));
  return ids.filter((id) => !found.has(id));
}

/** Entries of `some` that `others` lack; the objects of a loaded ledger stay the same until it is cleared. */
function without(some: readonly ContractEntry[], others: readonly ContractEntry[]): ContractEntry[] {
  const known = new Set(others);
  return some.filter((entry) => !known.has(entry));
}
