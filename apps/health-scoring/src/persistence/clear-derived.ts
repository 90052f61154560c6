import type { Transaction } from '@perennial/persistence/transaction';
import { initialState, resetFacts } from '../domain/account-health.js';
import { decodeState } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';
import { loadContacts, saveContacts } from './contact-rows.js';
import { saveProducts } from './product-rows.js';
import { saveStates } from './state-rows.js';

const accountsAtOnce = 1_000;

/**
 * Forgets what the signals added up to; they come again from the log, and each account then gets one net verdict.
 * What the log cannot give again stays: overrides and judgements in force, bands and dates of indicators, which
 * follow the sequence of earlier looks, daily history, and what was told of sources. Until the net verdict the
 * last one is answered. An account whose row this version cannot read starts from nothing.
 */
export async function clearDerived(tx: Transaction): Promise<void> {
  await tx.query('DELETE FROM note_sentiment');
  await tx.query('DELETE FROM unused_signal');
  // All use comes again, and is counted from the beginning.
  await tx.query('UPDATE key_feature SET counted_since = NULL');
  for (let after: string | null = ''; after !== null; ) {
    const rows: { account_id: string; state: Buffer }[] = await tx.query({
      name: 'restart-accounts',
      text: `SELECT account_id, state FROM account_health WHERE account_id > $1 ORDER BY account_id LIMIT ${accountsAtOnce} FOR NO KEY UPDATE`,
      values: [after],
    });
    const states = new Map(rows.map((row) => [row.account_id, readable(row.account_id, row.state)]));
    await loadReadableContacts(tx, states);
    for (const state of states.values()) restart(state);
    if (states.size > 0) {
      await saveProducts(tx, [...states.values()]);
      await saveContacts(tx, [...states.values()]);
      await saveStates(tx, [...states.values()]);
    }
    after = rows.length === accountsAtOnce ? (rows.at(-1)?.account_id ?? null) : null;
  }
  // Not before the log has come to where the last look was.
  await tx.query(`UPDATE portfolio SET next_look_at = (verdict::jsonb ->> 'asOf')::timestamptz WHERE verdict IS NOT NULL`);
}

/** Contacts matter here for the roles that accounts give them, and those come again from the log too. */
async function loadReadableContacts(tx: Transaction, states: ReadonlyMap<string, AccountHealthState>): Promise<void> {
  try {
    await loadContacts(tx, states, [...states.keys()], new Map());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

function readable(accountId: string, packed: Buffer): AccountHealthState {
  if (packed.length === 0) return initialState(accountId);
  try {
    return decodeState(accountId, packed);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return initialState(accountId);
  }
}

function restart(state: AccountHealthState): void {
  resetFacts(state);
  state.restating = false;
  state.merged = false;
  state.imports = { signals: [], account: [] };
  state.pendingCause = 'restatement';
  state.nextLookAt = 0;
}
