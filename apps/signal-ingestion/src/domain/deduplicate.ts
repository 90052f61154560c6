import type { Arrival } from './arrival.js';

export interface Deduplicated {
  /** Not seen before, in order. */
  readonly fresh: readonly Arrival[];
  /** Known ids that came with other content. */
  readonly conflicts: readonly Arrival[];
}

/** Name of a message over all sources. */
export const messageKey = (message: { readonly sourceId: string; readonly messageId: string }): string => JSON.stringify([message.sourceId, message.messageId]);

/** Drops what is in `known` (hash by `messageKey`) or came earlier in the chunk with the same content. */
export function deduplicate(arrivals: readonly Arrival[], known: ReadonlyMap<string, string>): Deduplicated {
  const seen = new Map(known);
  const fresh: Arrival[] = [];
  const conflicts: Arrival[] = [];
  for (const arrival of arrivals) {
    const key = messageKey(arrival);
    const hash = seen.get(key);
    if (hash === undefined) {
      seen.set(key, arrival.hash);
      fresh.push(arrival);
    } else if (hash !== arrival.hash) conflicts.push(arrival);
  }
  return { fresh, conflicts };
}
