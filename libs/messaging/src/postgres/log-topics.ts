import type { Database } from '@perennial/persistence/transaction';
import { Fatal } from '../errors.js';
import type { TopicSpec } from '../event-log.js';
import { ensureRanges } from './time-ranges.js';

/** A topic as the log knows it. */
export interface LogTopic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  /** Milliseconds; 0: for ever. */
  readonly retentionMs: number;
  readonly maxRecordBytes: number;
}

interface TopicRow {
  id: number;
  name: string;
  partitions: number;
  compacted: boolean;
  retention_ms: string;
  max_record_bytes: number;
}

/** Creates and remembers topics; they are never changed in a way that matters here. */
export class LogTopics {
  private readonly known = new Map<string, LogTopic>();

  constructor(private readonly database: Database) {}

  /** Creates what is missing; what exists stays as it is. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    await this.load(specs.map(({ name }) => name).filter((name) => !this.known.has(name)));
    const missing = specs.filter(({ name }) => !this.known.has(name));
    if (missing.length === 0) return;
    const retentions = missing.filter(({ compacted }) => !compacted).map(({ retentionMs }) => retentionMs ?? 0);
    await this.database.transaction(async (tx) => {
      await ensureRanges(tx, retentions);
      // In one order, so that processes which start together do not meet crosswise.
      const sorted = [...missing].sort((a, b) => (a.name < b.name ? -1 : 1));
      await tx.query({
        text: `INSERT INTO topic (name, partitions, compacted, retention_ms, max_record_bytes)
               SELECT * FROM unnest($1::text[], $2::smallint[], $3::boolean[], $4::bigint[], $5::int[]) ON CONFLICT (name) DO NOTHING`,
        values: [
          sorted.map(({ name }) => name), sorted.map(({ partitions }) => partitions), sorted.map(({ compacted }) => compacted),
          sorted.map(({ retentionMs }) => retentionMs ?? 0), sorted.map(({ maxRecordBytes }) => maxRecordBytes),
        ],
      });
      await tx.query({
        text: `INSERT INTO part (topic_id, p) SELECT t.id, p FROM topic t, generate_series(0, t.partitions - 1) p WHERE t.name = ANY($1) ON CONFLICT DO NOTHING`,
        values: [sorted.map(({ name }) => name)],
      });
    });
    await this.load(missing.map(({ name }) => name));
  }

  /** Throws `Fatal` when there is no such topic. */
  async get(name: string): Promise<LogTopic> {
    const topic = await this.find(name);
    if (topic === null) throw new Fatal(`topic ${name} does not exist`);
    return topic;
  }

  async find(name: string): Promise<LogTopic | null> {
    if (!this.known.has(name)) await this.load([name]);
    return this.known.get(name) ?? null;
  }

  private async load(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const rows = await this.database.query<TopicRow>({ text: 'SELECT * FROM topic WHERE name = ANY($1)', values: [names] });
    for (const { id, name, partitions, compacted, retention_ms, max_record_bytes } of rows) {
      this.known.set(name, { id, name, partitions, compacted, retentionMs: Number(retention_ms), maxRecordBytes: max_record_bytes });
    }
  }
}
