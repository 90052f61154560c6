import { accountFactsCodec } from '../src/domain/codec/account-facts-codec.js';
import { Writer } from '../src/domain/codec/bytes.js';
import { encodeContact, encodeProduct } from '../src/domain/state-codec.js';
import type { AccountHealthState } from '../src/domain/state.js';

const byName = <T>(rows: ReadonlyMap<string, T>): [string, T][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

/** All facts of an account, its contacts' and its products' included, as they are stored: equal facts are equal bytes. */
export function factBytes({ facts, contacts, products }: AccountHealthState): string {
  const out = new Writer();
  accountFactsCodec.write(out, facts);
  return [
    out.toBuffer().toString('hex'),
    ...byName(contacts).map(([id, contact]) => `${id} ${encodeContact(contact).toString('hex')}`),
    ...byName(products).map(([name, product]) => `${name} ${encodeProduct(product).toString('hex')}`),
  ].join('\n');
}
