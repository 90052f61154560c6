import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import type { Transaction } from '@perennial/persistence/transaction';
import { decodeProduct, encodeProduct } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';

/** Puts the facts of their products into `refreshed` states. Accounts without products cost nothing. */
export async function loadProducts(tx: Transaction, states: ReadonlyMap<string, AccountHealthState>, refreshed: readonly string[]): Promise<void> {
  const ids = refreshed.filter((accountId) => states.get(accountId)!.products.size > 0);
  if (ids.length === 0) return;
  const rows = await tx.query<{ account_id: string; product: string; facts: Buffer }>({ name: 'load-products', text: 'SELECT account_id, product, facts FROM unnest($1::text[]) AS asked (account_id) JOIN product_health USING (account_id)', values: [ids] });
  for (const row of rows) states.get(row.account_id)!.products.set(row.product, decodeProduct(row.facts));
}

/** Writes the products that changed and takes the marks of it off the states; before contacts are saved, which know that all were cleared. */
export async function saveProducts(tx: Transaction, states: readonly AccountHealthState[]): Promise<void> {
  const cleared = states.filter((state) => state.contactsCleared).map((state) => state.accountId);
  if (cleared.length > 0) await tx.query({ name: 'clear-products', text: 'DELETE FROM product_health WHERE account_id = ANY($1::text[])', values: [cleared] });
  const dirty = states.flatMap((state) => [...state.dirtyProducts].sort().flatMap((product) => (state.products.has(product) ? [{ accountId: state.accountId, product, facts: state.products.get(product)! }] : [])));
  for (const state of states) state.dirtyProducts.clear();
  if (dirty.length === 0) return;
  const facts = PackedBuffers.of(dirty.map((one) => encodeProduct(one.facts)));
  await tx.query({
    name: 'save-products',
    text: `INSERT INTO product_health (account_id, product, facts)
           SELECT account_id, product, substr($3::bytea, start, length) FROM unnest($1::text[], $2::text[], $4::integer[], $5::integer[]) AS p (account_id, product, start, length)
           ON CONFLICT (account_id, product) DO UPDATE SET facts = excluded.facts`,
    values: [dirty.map((d) => d.accountId), dirty.map((d) => d.product), facts.bytes, facts.starts, facts.lengths],
  });
}
