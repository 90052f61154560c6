import { Injectable } from '@nestjs/common';
import type { SignalKind } from '@perennial/contracts/signal';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { SourceStore, type PartitionSighting, type SourceNews, type ToldState } from '../application/source-store.js';
import type { SourceSighting } from '../domain/sources/source-liveness.js';

@Injectable()
export class PostgresSourceStore extends SourceStore {
  async sightings(sql: Sql, known: readonly SignalKind[] = []): Promise<PartitionSighting[]> {
    const rows = await sql.query<{ kind: SignalKind; partition: number; last_seen_at: Date; usual_gap_ms: number; told: ToldState }>({
      name: 'source-sightings',
      text: `SELECT s.kind, s.partition, s.last_seen_at, s.usual_gap_ms, coalesce(t.state, 'alive') AS told
             FROM source_sighting s LEFT JOIN source_told t ON t.kind = s.kind WHERE s.kind <> ALL($1::text[]) ORDER BY s.kind, s.last_seen_at DESC`,
      values: [known],
    });
    return rows.map((row) => ({ kind: row.kind, partition: row.partition, lastSeenAt: row.last_seen_at.getTime(), usualGapMs: row.usual_gap_ms, told: row.told }));
  }

  async saveSightings(tx: Transaction, partition: number, sightings: readonly SourceSighting[]): Promise<void> {
    await tx.query({
      name: 'save-sightings',
      text: `INSERT INTO source_sighting AS known (kind, partition, last_seen_at, usual_gap_ms) SELECT kind, $2, at, gap FROM unnest($1::text[], $3::timestamptz[], $4::double precision[]) AS s (kind, at, gap)
             ON CONFLICT (kind, partition) DO UPDATE SET last_seen_at = excluded.last_seen_at, usual_gap_ms = excluded.usual_gap_ms WHERE known.last_seen_at < excluded.last_seen_at`,
      values: [sightings.map((s) => s.kind), partition, sightings.map((s) => new Date(s.lastSeenAt)), sightings.map((s) => s.usualGapMs)],
    });
  }

  async tell(tx: Transaction, news: readonly SourceNews[]): Promise<ReadonlySet<SignalKind>> {
    const ordered = [...news].sort((a, b) => (a.kind < b.kind ? -1 : 1));
    const rows = await tx.query<{ kind: SignalKind }>({
      name: 'tell-sources',
      text: `INSERT INTO source_told AS told (kind, state, since) SELECT kind, state, since FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (kind, state, since)
             ON CONFLICT (kind) DO UPDATE SET state = excluded.state, since = excluded.since WHERE told.state <> excluded.state RETURNING kind`,
      values: [ordered.map((n) => n.kind), ordered.map((n) => n.state), ordered.map((n) => n.since)],
    });
    return new Set(rows.map((row) => row.kind));
  }
}
