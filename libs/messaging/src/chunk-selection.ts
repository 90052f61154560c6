import type { AnyTopic } from '@perennial/contracts/topic';
import type { ReceivedEvent } from './batch-consumer.js';
import type { ChunkItem } from './chunk.js';
import type { IndexedLetter, RefusedRecord } from './dead-letter-writer.js';
import { deadLetterIdHeader } from './dead-letter.js';

/** What becomes of the records of one chunk. */
export interface Selection {
  /** For the handler: new by version, in order. */
  readonly events: readonly ReceivedEvent[];
  readonly refused: RefusedRecord[];
  /** Replayed dead letters of this group and what became of them. */
  readonly settled: Map<string, 'replayed' | 'superseded'>;
  /** Index rows by offset, for records that the handler refuses. */
  readonly replays: ReadonlyMap<bigint, IndexedLetter>;
}

/**
 * Decides per record: given to the handler, dropped as seen, or refused. A replay of this group's own dead
 * letter goes past the version test while its index row says `dead`; on a state topic an older one is
 * superseded. Replays of other groups' letters are ordinary records here, dropped by their version.
 * `seen`: the highest version of each key before this chunk.
 */
export function select(topic: AnyTopic, items: readonly ChunkItem[], seen: ReadonlyMap<string, number>, replays: ReadonlyMap<bigint, IndexedLetter>): Selection {
  const events: ReceivedEvent[] = [];
  const refused: RefusedRecord[] = [];
  const settled = new Map<string, 'replayed' | 'superseded'>();
  const claimed = new Set<string>();
  const versions = new Map(seen);
  const last = (key: string): number => versions.get(key) ?? 0;

  for (const { record, event, refusal } of items) {
    const replay = replays.get(record.offset) ?? null;
    if (replay) {
      // Replayed twice: the first one decides.
      if (replay.state !== 'dead' || claimed.has(replay.id)) continue;
      claimed.add(replay.id);
      if (event && topic.kind === 'state' && event.version < last(event.key)) {
        settled.set(replay.id, 'superseded');
        continue;
      }
    } else if (event && topic.versioned && event.version <= last(event.key)) continue;
    else if (!event && topic.versioned && record.headers[deadLetterIdHeader] !== undefined) {
      // Another group's letter: this group refused the same bytes when they first came by.
      continue;
    }
    if (event && topic.versioned) versions.set(event.key, Math.max(event.version, last(event.key)));
    if (refusal) refused.push({ record, refusal, replayOf: replay });
    else if (event) {
      events.push(event);
      if (replay) settled.set(replay.id, 'replayed');
    }
  }
  return { events, refused, settled, replays };
}
