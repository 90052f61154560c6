import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { SourceNames, type NameNotice } from '../application/source-names.js';
import type { Overflow, SourceName } from '../domain/name-caps.js';

@Injectable()
export class PostgresSourceNames extends SourceNames {
  constructor(private readonly database: Database) {
    super();
  }

  of(tx: Transaction, sourceIds: readonly string[]): Promise<SourceName[]> {
    return tx.query<SourceName>({ name: 'source-names', text: 'SELECT source_id AS "sourceId", kind, name FROM source_name WHERE source_id = ANY($1::text[])', values: [sourceIds] });
  }

  async add(tx: Transaction, names: readonly SourceName[], at: Date): Promise<void> {
    await tx.query({
      name: 'add-source-names',
      text: `INSERT INTO source_name (source_id, kind, name, first_seen_at) SELECT source_id, kind, name, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS n (source_id, kind, name)
             ORDER BY source_id, kind, name ON CONFLICT DO NOTHING`,
      values: [names.map((n) => n.sourceId), names.map((n) => n.kind), names.map((n) => n.name), at],
    });
  }

  async overflowed(tx: Transaction, overflows: readonly Overflow[], at: Date): Promise<void> {
    await tx.query({
      name: 'source-names-overflowed',
      text: `INSERT INTO source_notice AS known (source_id, kind, count, example, first_at, last_at) SELECT source_id, kind, count, example, $5, $5 FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS n (source_id, kind, count, example)
             ORDER BY source_id, kind ON CONFLICT (source_id, kind) DO UPDATE SET count = known.count + excluded.count, example = excluded.example, last_at = excluded.last_at`,
      values: [overflows.map((o) => o.sourceId), overflows.map((o) => o.kind), overflows.map((o) => o.count), overflows.map((o) => o.example), at],
    });
  }

  async notices(sourceId: string): Promise<NameNotice[]> {
    const rows = await this.database.query<Omit<NameNotice, 'count'> & { count: string }>({
      text: 'SELECT kind, count, example, first_at AS "firstAt", last_at AS "lastAt" FROM source_notice WHERE source_id = $1 ORDER BY kind',
      values: [sourceId],
    });
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }
}
