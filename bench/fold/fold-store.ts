import type { PartitionMemory } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DayCounts, packedBytes } from './day-counts.js';

/** Gives accounts `<$1>-0` up to `$3` - 1 the state `$2`, so that no row has to be made. */
export const fillFoldTable = `INSERT INTO fold_account SELECT $1 || '-' || n, 1, $2 FROM generate_series(0, $3::int - 1) AS n`;

interface Known {
  readonly revision: number;
  readonly state: DayCounts;
}

const slot = Symbol('fold states');
const remembered = 20_000;

export class CreateFoldTable1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE fold_account (account_id text PRIMARY KEY, revision bigint NOT NULL, state bytea NOT NULL) WITH (fillfactor = 70)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE fold_account');
  }
}

/** States as the scorer keeps them: in memory while current, one packed row each, locked in the order of their ids. */
export async function loadCounts(tx: Transaction, memory: PartitionMemory, ids: readonly string[]): Promise<Map<string, Known>> {
  const kept = memory.keep(slot, () => new Map<string, Known>());
  const known = new Map<string, Known>();
  for (const id of ids) {
    const one = kept.get(id);
    if (one === undefined) continue;
    known.set(id, one);
    kept.delete(id);
  }
  const rows = await tx.query<{ account_id: string; revision: string; state: Buffer | null }>({
    name: 'fold-lock',
    text: `SELECT f.account_id, f.revision, CASE WHEN f.revision <> k.revision THEN f.state END AS state
           FROM unnest($1::text[], $2::bigint[]) AS k (id, revision) JOIN fold_account f ON f.account_id = k.id ORDER BY f.account_id FOR NO KEY UPDATE OF f`,
    values: [ids, ids.map((id) => known.get(id)?.revision ?? -1)],
  });
  const states = new Map(rows.map((row) => [row.account_id, { revision: Number(row.revision), state: row.state === null ? known.get(row.account_id)!.state : DayCounts.unpack(row.state) }]));
  for (const id of ids) if (!states.has(id)) states.set(id, { revision: 0, state: DayCounts.empty() });
  return states;
}

/** One UPDATE for the rows that are there, one INSERT for the new ones. */
export async function saveCounts(tx: Transaction, memory: PartitionMemory, states: ReadonlyMap<string, Known>): Promise<void> {
  const all = [...states];
  const write = (name: string, text: string, some: typeof all) =>
    some.length === 0 ? Promise.resolve([]) : tx.query({ name, text, values: [some.map(([id]) => id), Buffer.concat(some.map(([, { state }]) => state.pack()))] });
  await write('fold-update', `UPDATE fold_account f SET revision = f.revision + 1, state = substr($2::bytea, ((s.ord - 1) * ${packedBytes} + 1)::int, ${packedBytes})
    FROM unnest($1::text[]) WITH ORDINALITY AS s (id, ord) WHERE f.account_id = s.id`, all.filter(([, { revision }]) => revision > 0));
  await write('fold-insert', `INSERT INTO fold_account SELECT s.id, 1, substr($2::bytea, ((s.ord - 1) * ${packedBytes} + 1)::int, ${packedBytes})
    FROM unnest($1::text[]) WITH ORDINALITY AS s (id, ord)`, all.filter(([, { revision }]) => revision === 0));
  const kept = memory.keep(slot, () => new Map<string, Known>());
  tx.afterCommit(() => {
    for (const [id, { revision, state }] of all) kept.set(id, { revision: revision + 1, state });
    // States leave when they are loaded, so the first ones here are those not used for longest.
    for (const id of kept.keys()) if (kept.size <= remembered || !kept.delete(id)) break;
  });
}
