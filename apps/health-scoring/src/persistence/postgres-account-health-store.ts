import { Injectable } from '@nestjs/common';
import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { PartitionMemory } from '@perennial/messaging/batch-consumer';
import { Fatal } from '@perennial/persistence/errors';
import type { Transaction } from '@perennial/persistence/transaction';
import { eraseWords, type WordedRows } from '@perennial/service-kit/erase-words';
import { LRUCache } from 'lru-cache';
import { AccountHealthStore, type AccountCard, type NamedContacts, type ScoredAccount } from '../application/account-health-store.js';
import { SignalTime } from '../application/signal-time.js';
import { initialState } from '../domain/account-health.js';
import { NewerFormat } from '../domain/codec/newer-format.js';
import type { PersonUse } from '../domain/contacts/active-days.js';
import { decodeState } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';
import { loadContacts, loadUses, saveContacts } from './contact-rows.js';
import { loadProducts, saveProducts } from './product-rows.js';
import { saveStates } from './state-rows.js';
import { saveVerdicts, type JudgedAccount } from './verdict-rows.js';

interface KnownState {
  readonly revision: bigint;
  readonly state: AccountHealthState;
}

const slot = Symbol('account health states');
/** Packed bytes of the states that are kept unpacked, all partitions of the topic together; unpacked they take about ten times as much. */
const memoryBytes = 6_000_000;
const rowBytes = 200;
const contactBytes = 250;
const productBytes = 500;
const worded: readonly WordedRows[] = [
  { table: 'judgement', key: 'id', keyType: 'uuid', ofAccount: 'account_id = $1', columns: { reason: 'sentence' } },
  { table: 'note_correction', key: 'n', keyType: 'bigint', ofAccount: 'account_id = $1', columns: { reason: 'sentence' } },
  // Of no account: whoever answers may have named anybody.
  { table: 'import_question', key: 'import_id', keyType: 'text', ofAccount: '$1::text IS NOT NULL', columns: { reason: 'sentence' } },
  { table: 'portfolio', key: 'account_id', keyType: 'text', ofAccount: 'account_id = $1', columns: { verdict: 'json' } },
];

@Injectable()
export class PostgresAccountHealthStore extends AccountHealthStore {
  /** Revision of the row a state was made from; saving raises it by one. */
  private readonly revisions = new WeakMap<AccountHealthState, bigint>();

  constructor(private readonly signalTime: SignalTime) {
    super();
  }

  async load(tx: Transaction, memory: PartitionMemory | null, contacts: NamedContacts): Promise<Map<string, AccountHealthState>> {
    const ids = [...contacts.keys()].sort();
    const known = this.takeFrom(memory, ids);
    const unknown = ids.filter((id) => !known.has(id));
    const add = unknown.length === 0 ? undefined : tx.query({
      name: 'add-accounts',
      text: `INSERT INTO account_health (account_id, revision, state) SELECT id, 0, '' FROM unnest($1::text[]) AS id ON CONFLICT DO NOTHING`,
      values: [unknown],
    });
    const lock = tx.query<{ account_id: string; revision: string; state: Buffer | null }>({
      name: 'lock-accounts',
      text: `SELECT h.account_id, h.revision, CASE WHEN h.revision <> k.revision THEN h.state END AS state
             FROM unnest($1::text[], $2::bigint[]) AS k (id, revision) JOIN account_health h ON h.account_id = k.id
             ORDER BY h.account_id FOR NO KEY UPDATE OF h`,
      values: [ids, ids.map((id) => (known.get(id)?.revision ?? -1n).toString())],
    });
    const [, rows] = await Promise.all([add, lock]);
    const refreshed = rows.filter((row) => row.state !== null).map((row) => row.account_id);
    const states = new Map(rows.map((row) => [row.account_id, row.state === null ? known.get(row.account_id)!.state : stateOf(row.account_id, row.state)]));
    for (const row of rows) this.revisions.set(states.get(row.account_id)!, BigInt(row.revision));
    await Promise.all([loadContacts(tx, states, refreshed, contacts), loadProducts(tx, states, refreshed)]);
    return states;
  }

  usesOf(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, PersonUse[]>> {
    return loadUses(tx, accountIds);
  }

  async save(tx: Transaction, memory: PartitionMemory | null, accounts: readonly ScoredAccount[]): Promise<void> {
    const states = accounts.map((account) => account.state);
    const partitionOf = (accountId: string): number => this.signalTime.partitionOf(accountId);
    const judged = accounts.filter((account): account is JudgedAccount => account.verdict !== null);
    const [lengths] = await Promise.all([
      saveStates(tx, states),
      saveProducts(tx, states).then(() => saveContacts(tx, states)),
      judged.length > 0 ? saveVerdicts(tx, judged, partitionOf) : undefined,
      judged.length < accounts.length ? planLooks(tx, accounts.filter((account) => account.verdict === null), partitionOf) : undefined,
    ]);
    if (memory !== null) tx.afterCommit(() => states.forEach((state, i) => this.keep(memory, state, lengths[i] ?? 0)));
  }

  /** Only what is committed is remembered: no failure on the way can leave a half-changed state in use. */
  private keep(memory: PartitionMemory, state: AccountHealthState, length: number): void {
    const revision = (this.revisions.get(state) ?? 0n) + 1n;
    this.statesIn(memory).set(state.accountId, { revision, state }, { size: rowBytes + length + contactBytes * state.contacts.size + productBytes * state.products.size });
  }

  /** States that are about to be changed leave the memory. */
  private takeFrom(memory: PartitionMemory | null, ids: readonly string[]): Map<string, KnownState> {
    const known = new Map<string, KnownState>();
    if (memory === null) return known;
    const kept = this.statesIn(memory);
    for (const id of ids) {
      const one = kept.get(id);
      if (one === undefined) continue;
      known.set(id, one);
      kept.delete(id);
    }
    return known;
  }

  private statesIn(memory: PartitionMemory): LRUCache<string, KnownState> {
    return memory.keep(slot, () => new LRUCache<string, KnownState>({ maxSize: Math.floor(memoryBytes / this.signalTime.partitions) }));
  }

  async saveCards(tx: Transaction, cards: readonly AccountCard[]): Promise<void> {
    await tx.query({
      name: 'save-cards',
      text: `INSERT INTO portfolio AS p (account_id, name, owner_id, segment, tier, merged_into, parent_id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
             ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, owner_id = excluded.owner_id, segment = excluded.segment, tier = excluded.tier, merged_into = excluded.merged_into, parent_id = excluded.parent_id
             WHERE (p.name, p.owner_id, p.segment, p.tier, p.merged_into, p.parent_id) IS DISTINCT FROM (excluded.name, excluded.owner_id, excluded.segment, excluded.tier, excluded.merged_into, excluded.parent_id)`,
      values: [cards.map((c) => c.accountId), cards.map((c) => c.name), cards.map((c) => c.ownerId), cards.map((c) => c.segment), cards.map((c) => c.tier), cards.map((c) => c.mergedInto), cards.map((c) => c.parentId)],
    });
  }

  async forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void> {
    for (const rows of worded) await eraseWords(tx, rows, accountId, words);
  }

  async hasVerdict(tx: Transaction, accountId: string): Promise<boolean> {
    return (await tx.query({ name: 'has-verdict', text: 'SELECT 1 FROM portfolio WHERE account_id = $1 AND verdict IS NOT NULL', values: [accountId] })).length === 1;
  }
}

/** Throws `Fatal` on a row of a newer version: the partition stops, and no signal is to blame. */
function stateOf(accountId: string, packed: Buffer): AccountHealthState {
  if (packed.length === 0) return initialState(accountId);
  try {
    return decodeState(accountId, packed);
  } catch (error) {
    throw error instanceof NewerFormat ? new Fatal(error.message, { cause: error }) : error;
  }
}

async function planLooks(tx: Transaction, accounts: readonly ScoredAccount[], partitionOf: (accountId: string) => number): Promise<void> {
  await tx.query({
    name: 'plan-looks',
    text: `INSERT INTO portfolio (account_id, partition, next_look_at) SELECT * FROM unnest($1::text[], $2::smallint[], $3::timestamptz[])
           ON CONFLICT (account_id) DO UPDATE SET partition = excluded.partition, next_look_at = excluded.next_look_at`,
    values: [accounts.map((a) => a.state.accountId), accounts.map((a) => partitionOf(a.state.accountId)), accounts.map((a) => a.nextLookAt)],
  });
}
