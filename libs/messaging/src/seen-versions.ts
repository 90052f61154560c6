import type { Transaction } from '@perennial/persistence/transaction';
import { LRUCache } from 'lru-cache';
import type { PartitionMemory } from './batch-consumer.js';

const slot = Symbol('seen versions');
/** Keys remembered per partition, about 100 bytes each; others are read again. */
const remembered = 10_000;

/** The highest version consumed of each key of one topic, for the keys of one chunk. */
export class SeenVersions {
  private readonly raised = new Map<string, number>();

  private constructor(
    private readonly topic: string,
    private readonly known: Map<string, number>,
    private readonly cache: LRUCache<string, number>,
  ) {}

  /** Those of `keys`, from memory and, for what is not there, by one query. */
  static async load(tx: Transaction, topic: string, keys: ReadonlySet<string>, memory: PartitionMemory): Promise<SeenVersions> {
    const cache = memory.keep(slot, () => new LRUCache<string, number>({ max: remembered }));
    const known = new Map<string, number>();
    const missing: string[] = [];
    for (const key of keys) {
      const version = cache.get(key);
      if (version === undefined) missing.push(key);
      else known.set(key, version);
    }
    if (missing.length > 0) {
      const rows = await tx.query<{ key: string; version: string }>({
        name: 'messaging_seen_load',
        text: 'SELECT key, version FROM messaging_seen WHERE topic = $1 AND key = ANY($2)',
        values: [topic, missing],
      });
      for (const row of rows) known.set(row.key, Number(row.version));
    }
    return new SeenVersions(topic, known, cache);
  }

  /** 0 for a key nothing was consumed of. */
  last(key: string): number {
    return this.known.get(key) ?? 0;
  }

  raise(key: string, version: number): void {
    if (version <= this.last(key)) return;
    this.known.set(key, version);
    this.raised.set(key, version);
  }

  /** Stores what was raised, with one statement. */
  async save(tx: Transaction): Promise<void> {
    if (this.raised.size === 0) return;
    await tx.query({
      name: 'messaging_seen_save',
      text: `INSERT INTO messaging_seen AS s (topic, key, version)
             SELECT $1, v.key, v.version FROM unnest($2::text[], $3::bigint[]) AS v(key, version)
             ON CONFLICT (topic, key) DO UPDATE SET version = EXCLUDED.version WHERE s.version < EXCLUDED.version`,
      values: [this.topic, [...this.raised.keys()], [...this.raised.values()]],
    });
    for (const [key, version] of this.raised) this.cache.set(key, version);
  }
}
