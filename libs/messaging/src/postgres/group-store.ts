import type { Database } from '@perennial/persistence/transaction';

/** Names one member of one group on one topic. */
export interface Membership {
  readonly group: string;
  readonly topicId: number;
  readonly member: string;
  readonly sessionTimeoutMs: number;
}

/** What the database knows of a group on a topic. */
export interface GroupView {
  /** Ids of the members that live. */
  readonly members: readonly string[];
  /** Who holds each partition, dead or alive. */
  readonly holders: ReadonlyMap<number, string | null>;
  /** Watermarks of each partition. */
  readonly ends: ReadonlyMap<number, { readonly low: bigint; readonly high: bigint }>;
}

export interface StoredOffset {
  readonly membership: Membership;
  readonly partition: number;
  readonly offset: bigint;
}

interface ViewRow {
  n: string;
  members: string[] | null;
  ps: number[] | null;
  holders: (string | null)[];
  highs: string[];
  lows: string[];
}

/**
 * Hints and memberships need not outlive a crash: these commits do not wait for the disk. Holding on to a
 * partition that was given away meanwhile does no harm either, the consumer's own fence sees to that.
 */
const lazily = `lazily AS (SELECT set_config('synchronous_commit', 'off', true))`;

/** Members, partitions held and stored offsets of groups. Time is the database's. */
export class GroupStore {
  constructor(private readonly database: Database) {}

  /** Makes the group's rows for a topic, where missing. */
  async prepare(group: string, topicId: number): Promise<void> {
    await this.database.query({
      name: 'log-group-prepare',
      text: 'INSERT INTO group_partition (grp, topic_id, p) SELECT $1, topic_id, p FROM part WHERE topic_id = $2 ON CONFLICT DO NOTHING',
      values: [group, topicId],
    });
  }

  /** Joins, or stays for another session. */
  async renew(memberships: readonly Membership[]): Promise<void> {
    await this.database.query({
      name: 'log-group-renew',
      text: `WITH ${lazily}
        INSERT INTO group_member (grp, topic_id, member, expires_at)
        SELECT w.g, w.t, w.m, clock_timestamp() + w.ms * interval '1 ms' FROM unnest($1::text[], $2::int[], $3::uuid[], $4::int[]) w(g, t, m, ms), lazily
        ORDER BY 1, 2, 3
        ON CONFLICT (grp, topic_id, member) DO UPDATE SET expires_at = excluded.expires_at`,
      values: [memberships.map(({ group }) => group), memberships.map(({ topicId }) => topicId), memberships.map(({ member }) => member), memberships.map(({ sessionTimeoutMs }) => sessionTimeoutMs)],
    });
  }

  /** One view for each membership given, in that order, by one statement. */
  async views(memberships: readonly Membership[]): Promise<GroupView[]> {
    const rows = await this.database.query<ViewRow>({
      name: 'log-group-views',
      text: `SELECT w.n,
          (SELECT array_agg(m.member::text) FROM group_member m WHERE m.grp = w.g AND m.topic_id = w.t AND m.expires_at > clock_timestamp()) AS members,
          x.ps, x.holders, x.highs, x.lows
        FROM unnest($1::text[], $2::int[]) WITH ORDINALITY w(g, t, n)
        CROSS JOIN LATERAL (
          SELECT array_agg(c.p::int) AS ps, array_agg(h.member::text) AS holders, array_agg(c.next_off::text) AS highs, array_agg(c.low_off::text) AS lows
          FROM part c LEFT JOIN group_partition h ON h.grp = w.g AND h.topic_id = c.topic_id AND h.p = c.p WHERE c.topic_id = w.t
        ) x ORDER BY w.n`,
      values: [memberships.map(({ group }) => group), memberships.map(({ topicId }) => topicId)],
    });
    return rows.map(({ members, ps, holders, highs, lows }) => ({
      members: members ?? [],
      holders: new Map((ps ?? []).map((p, i) => [p, holders[i] ?? null])),
      ends: new Map((ps ?? []).map((p, i) => [p, { low: BigInt(lows[i] ?? 0), high: BigInt(highs[i] ?? 0) }])),
    }));
  }

  /** Takes those of `partitions` that nobody alive holds; returns all that are held now, with their stored offsets. */
  async acquire({ group, topicId, member }: Membership, partitions: readonly number[]): Promise<Map<number, bigint | null>> {
    const rows = await this.database.query<{ p: number; off: string | null }>({
      name: 'log-group-acquire',
      text: `UPDATE group_partition h SET member = $3
        WHERE h.grp = $1 AND h.topic_id = $2 AND h.p = ANY($4::smallint[]) AND (h.member IS NULL OR h.member = $3 OR NOT EXISTS (
          SELECT 1 FROM group_member m WHERE m.grp = $1 AND m.topic_id = $2 AND m.member = h.member AND m.expires_at > clock_timestamp()))
        RETURNING h.p, h.off`,
      values: [group, topicId, member, partitions],
    });
    return new Map(rows.map(({ p, off }) => [p, off === null ? null : BigInt(off)]));
  }

  async release({ group, topicId, member }: Membership, partitions: readonly number[]): Promise<void> {
    await this.database.query({
      name: 'log-group-release',
      text: 'UPDATE group_partition SET member = NULL WHERE grp = $1 AND topic_id = $2 AND member = $3 AND p = ANY($4::smallint[])',
      values: [group, topicId, member, partitions],
    });
  }

  /** Gives everything back and is a member no more. */
  async leave({ group, topicId, member }: Membership): Promise<void> {
    await this.database.query({
      name: 'log-group-leave',
      text: `WITH gone AS (DELETE FROM group_member WHERE grp = $1 AND topic_id = $2 AND member = $3)
        UPDATE group_partition SET member = NULL WHERE grp = $1 AND topic_id = $2 AND member = $3`,
      values: [group, topicId, member],
    });
  }

  /** Stores offsets of partitions that are still held; others are left to their new holder. */
  async store(offsets: readonly StoredOffset[]): Promise<void> {
    await this.database.query({
      name: 'log-group-store',
      text: `WITH ${lazily}
        UPDATE group_partition h SET off = w.o FROM unnest($1::text[], $2::int[], $3::smallint[], $4::bigint[], $5::uuid[]) w(g, t, p, o, m), lazily
        WHERE h.grp = w.g AND h.topic_id = w.t AND h.p = w.p AND h.member = w.m AND h.off IS DISTINCT FROM w.o`,
      values: [
        offsets.map(({ membership }) => membership.group), offsets.map(({ membership }) => membership.topicId), offsets.map(({ partition }) => partition),
        offsets.map(({ offset }) => String(offset)), offsets.map(({ membership }) => membership.member),
      ],
    });
  }

  /** Stored offsets of partitions that have one. */
  async committed(group: string, topicId: number): Promise<Map<number, bigint>> {
    const rows = await this.database.query<{ p: number; off: string }>({
      name: 'log-group-committed', text: 'SELECT p, off FROM group_partition WHERE grp = $1 AND topic_id = $2 AND off IS NOT NULL ORDER BY p', values: [group, topicId],
    });
    return new Map(rows.map(({ p, off }) => [p, BigInt(off)]));
  }
}
