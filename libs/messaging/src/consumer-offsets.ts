import { isInsideTransaction, type Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { ToldBefore } from './told-before.js';

/** What the database says of one consumed partition. */
export interface StoredOffset {
  readonly partition: number;
  /** Everything below has been applied. */
  readonly next: bigint;
  /** The log these offsets are of. */
  readonly logIdentity: string;
  readonly lastOffset: bigint | null;
  readonly lastEventId: string | null;
  /** Record time of the last record applied. */
  readonly appliedAt: Date | null;
}

/** The stored offsets of a topic. */
export interface StoredOffsets {
  /** All partitions that were ever worked. */
  readonly offsets: Map<number, StoredOffset>;
  readonly epoch: number;
  /** A rebuild is under way: what the service holds is of some time in the past. */
  readonly rebuilding: boolean;
}

/** A move of the fence by one chunk. */
export interface FenceMove {
  readonly partition: number;
  /** That the offset was read in: a rebuild since begins anew. */
  readonly epoch: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly lastOffset: bigint;
  readonly lastEventId: string | null;
  readonly appliedAt: Date;
}

/** What a move of the fence finds. */
export interface FencePassed {
  /** The versions seen before, by key; absent: none. */
  readonly seen: Map<string, number>;
  readonly rebuilding: boolean;
}

interface Row {
  partition: number;
  next_offset: string;
  log_identity: string;
  last_offset: string | null;
  last_event_id: string | null;
  applied_at: Date | null;
}

/** The stored offsets of the topics a service consumes: they and the state move in one transaction. */
export class ConsumerOffsets {
  constructor(private readonly database: Database) {}

  /** Inside a transaction give it as `sql`. */
  async load(topic: string, sql: Sql = this.database): Promise<StoredOffsets> {
    const rows = await sql.query<(Row | { partition: null }) & Pick<StoredOffsets, 'epoch' | 'rebuilding'>>({
      name: 'messaging_offsets_load',
      text: `SELECT e.epoch, e.rebuilding, o.partition, o.next_offset, o.log_identity, o.last_offset, o.last_event_id, o.applied_at FROM messaging_epoch e
             LEFT JOIN messaging_offset o ON o.topic = $1`,
      values: [topic],
    });
    const { epoch = 0, rebuilding = false } = rows[0] ?? {};
    return { offsets: new Map(rows.flatMap((row) => (row.partition === null ? [] : [[row.partition, stored(row)] as const]))), epoch, rebuilding };
  }

  /** Whether a rebuild is under way, as `sql` sees it. */
  async rebuilding(sql: Sql): Promise<boolean> {
    const [row] = await sql.query<{ rebuilding: boolean }>({ name: 'messaging_rebuilding', text: 'SELECT rebuilding FROM messaging_epoch' });
    return row?.rebuilding ?? false;
  }

  /** What was told of each partition of the topic before the rebuild under way; empty: none is. Asked after its offsets, which miss the fence when they are of before. */
  async toldBefore(topic: string): Promise<Map<number, ToldBefore>> {
    const rows = await this.database.query<{ partition: number; told_below: string; untold: string[] }>({ name: 'messaging_told_before', text: 'SELECT partition, told_below, untold FROM messaging_rebuild WHERE topic = $1', values: [topic] });
    return new Map(rows.map(({ partition, told_below, untold }) => [partition, new ToldBefore(BigInt(told_below), untold.map(BigInt))]));
  }

  /** Begins partitions nobody has worked yet at the given offsets; one that another consumer began meanwhile stays as it is. */
  async begin(topic: string, logIdentity: string, starts: readonly { readonly partition: number; readonly next: bigint }[]): Promise<void> {
    await this.database.query({
      name: 'messaging_offsets_begin',
      text: `INSERT INTO messaging_offset (topic, partition, next_offset, log_identity)
             SELECT $1, s.partition, s.next, $2 FROM unnest($3::int[], $4::bigint[]) AS s(partition, next)
             ON CONFLICT DO NOTHING`,
      values: [topic, logIdentity, starts.map(({ partition }) => partition), starts.map(({ next }) => String(next))],
    });
  }

  /**
   * Moves the fence and raises what was seen of each key of the chunk, with one statement. Null: somebody else was
   * here, nothing this consumer remembers holds. The row stays locked until the end of the transaction.
   */
  async move(tx: Transaction, topic: string, move: FenceMove, newest: ReadonlyMap<string, number>): Promise<FencePassed | null> {
    const rows = await tx.query<{ key: string | null; version: string | null; rebuilding: boolean }>({
      name: 'messaging_fence',
      text: `WITH moved AS (
               UPDATE messaging_offset SET next_offset = $4, last_offset = $5, last_event_id = $6, applied_at = $7
               WHERE topic = $1 AND partition = $2 AND next_offset = $3 AND ${isInsideTransaction} AND (SELECT epoch FROM messaging_epoch) = $10 RETURNING 1
             ), raised AS (
               INSERT INTO messaging_seen AS s (topic, key, version)
               SELECT $1, n.key, n.version FROM unnest($8::text[], $9::bigint[]) AS n(key, version) WHERE EXISTS (SELECT FROM moved) ORDER BY n.key
               ON CONFLICT (topic, key) DO UPDATE SET version = greatest(s.version, EXCLUDED.version) RETURNING s.key, old.version
             )
             SELECT before.key, before.version, e.rebuilding FROM moved CROSS JOIN messaging_epoch e LEFT JOIN raised before ON before.version IS NOT NULL`,
      values: [topic, move.partition, String(move.from), String(move.to), String(move.lastOffset), move.lastEventId, move.appliedAt, [...newest.keys()], [...newest.values()], move.epoch],
    });
    const [first] = rows;
    if (!first) return null;
    return { seen: new Map(rows.flatMap(({ key, version }) => (key === null ? [] : [[key, Number(version)] as const]))), rebuilding: first.rebuilding };
  }
}

function stored(row: Row): StoredOffset {
  return {
    partition: row.partition,
    next: BigInt(row.next_offset),
    logIdentity: row.log_identity,
    lastOffset: row.last_offset === null ? null : BigInt(row.last_offset),
    lastEventId: row.last_event_id,
    appliedAt: row.applied_at,
  };
}
