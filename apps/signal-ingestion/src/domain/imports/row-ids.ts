import canonicalize from 'canonicalize';
import { v5 as uuidv5 } from 'uuid';
import type { Item } from '../vendors/vendor.js';

const namespace = '3d7b1c52-0a5e-4d0f-8f0e-6f9d1c2a7b44';

/**
 * The id under which a row's SIGNAL is known: its own where the file has one. A row that says when it happened is
 * known by its content, so it counts once in whatever file it stands. One that does not says how things are as
 * of its file, and is known within `seed`.
 */
export function withId(item: Item, seed: string): Item {
  if (typeof item['id'] === 'string') return item;
  const content = canonicalize(item) ?? '';
  return { ...item, id: uuidv5(item['occurredAt'] === undefined ? `${seed} ${content}` : content, namespace) };
}
