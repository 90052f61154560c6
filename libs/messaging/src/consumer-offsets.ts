import { isInsideTransaction, type Database, type Sql, type Transaction } from '@perennial/persistence/transaction';

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

/** A move of the fence by one chunk. */
export interface FenceMove {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly lastOffset: bigint;
  readonly lastEventId: string | null;
  readonly appliedAt: Date;
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

  /** Stored offsets of a topic; all partitions that were ever worked. Inside a transaction give it as `sql`. */
  async load(topic: string, sql: Sql = this.database): Promise<Map<number, StoredOffset>> {
    const rows = await sql.query<Row>({
      name: 'messaging_offsets_load',
      text: 'SELECT partition, next_offset, log_identity, last_offset, last_event_id, applied_at FROM messaging_offset WHERE topic = $1',
      values: [topic],
    });
    return new Map(rows.map((row) => [row.partition, stored(row)]));
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
   * Moves the fence and raises what was seen of each key of the chunk, with one statement. Answers the versions seen
   * before (absent: none). Null: somebody else was here, nothing this consumer remembers holds. The row stays locked
   * until the end of the transaction.
   */
  async move(tx: Transaction, topic: string, move: FenceMove, newest: ReadonlyMap<string, number>): Promise<Map<string, number> | null> {
    const rows = await tx.query<{ key: string | null; version: string | null }>({
      name: 'messaging_fence',
      text: `WITH moved AS (
               UPDATE messaging_offset SET next_offset = $4, last_offset = $5, last_event_id = $6, applied_at = $7
               WHERE topic = $1 AND partition = $2 AND next_offset = $3 AND ${isInsideTransaction} RETURNING 1
             ), raised AS (
               INSERT INTO messaging_seen AS s (topic, key, version)
               SELECT $1, n.key, n.version FROM unnest($8::text[], $9::bigint[]) AS n(key, version) WHERE EXISTS (SELECT FROM moved) ORDER BY n.key
               ON CONFLICT (topic, key) DO UPDATE SET version = greatest(s.version, EXCLUDED.version) RETURNING s.key, old.version
             )
             SELECT before.key, before.version FROM moved LEFT JOIN raised before ON before.version IS NOT NULL`,
      values: [topic, move.partition, String(move.from), String(move.to), String(move.lastOffset), move.lastEventId, move.appliedAt, [...newest.keys()], [...newest.values()]],
    });
    if (rows.length === 0) return null;
    return new Map(rows.flatMap(({ key, version }) => (key === null ? [] : [[key, Number(version)] as const])));
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
