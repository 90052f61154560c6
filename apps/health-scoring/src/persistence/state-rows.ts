import type { Transaction } from '@perennial/persistence/transaction';
import { encodeState } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';
import { PackedBuffers } from '@perennial/persistence/packed-buffers';

/** Writes states of rows that the transaction has locked, and raises their revision. Answers the packed lengths, in order. */
export async function saveStates(tx: Transaction, states: readonly AccountHealthState[]): Promise<readonly number[]> {
  const packed = PackedBuffers.of(states.map(encodeState));
  await tx.query({
    name: 'save-states',
    text: `UPDATE account_health h SET revision = h.revision + 1, state = substr($2::bytea, s.start, s.length)
           FROM unnest($1::text[], $3::integer[], $4::integer[]) AS s (id, start, length) WHERE h.account_id = s.id`,
    values: [states.map((state) => state.accountId), packed.bytes, packed.starts, packed.lengths],
  });
  return packed.lengths;
}
