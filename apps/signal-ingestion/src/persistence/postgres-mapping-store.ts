import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { MappingStore, type MappingRevision } from '../application/mapping-store.js';

const columns = 'source_id AS "sourceId", revision, rules, built_in AS "builtIn", note, created_at AS "createdAt", created_by AS "createdBy"';

@Injectable()
export class PostgresMappingStore extends MappingStore {
  constructor(private readonly database: Database) {
    super();
  }

  async current(sourceId: string): Promise<MappingRevision | null> {
    const source = await this.database.query({ text: 'SELECT 1 FROM source WHERE id = $1 AND revoked_at IS NULL', values: [sourceId] });
    if (source.length === 0) return null;
    const [row] = await this.list(sourceId, 1, null);
    return row ?? { sourceId, revision: 0, rules: [], builtIn: true, note: null, createdAt: null, createdBy: null };
  }

  async find(sourceId: string, revision: number): Promise<MappingRevision | null> {
    const [row] = await this.database.query<MappingRevision>({ text: `SELECT ${columns} FROM mapping_revision WHERE source_id = $1 AND revision = $2`, values: [sourceId, revision] });
    return row ?? null;
  }

  list(sourceId: string, limit: number, before: number | null): Promise<MappingRevision[]> {
    return this.database.query<MappingRevision>({
      text: `SELECT ${columns} FROM mapping_revision WHERE source_id = $1 AND ($3::integer IS NULL OR revision < $3) ORDER BY revision DESC LIMIT $2`,
      values: [sourceId, limit, before],
    });
  }

  publish({ sourceId, revision, rules, builtIn, note, createdAt, createdBy }: MappingRevision, also: (tx: Transaction) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.query({
        text: 'INSERT INTO mapping_revision (source_id, revision, rules, built_in, note, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING revision',
        values: [sourceId, revision, JSON.stringify(rules), builtIn, note, createdAt, createdBy],
      });
      if (rows.length === 1) await also(tx);
      return rows.length === 1;
    });
  }

  inForce(): Promise<MappingRevision[]> {
    return this.database.query<MappingRevision>({
      name: 'mappings-in-force',
      text: `SELECT DISTINCT ON (m.source_id) ${columns.replaceAll(/(^|, )(\w)/g, '$1m.$2')} FROM mapping_revision m JOIN source s ON s.id = m.source_id WHERE s.revoked_at IS NULL ORDER BY m.source_id, m.revision DESC`,
    });
  }
}
