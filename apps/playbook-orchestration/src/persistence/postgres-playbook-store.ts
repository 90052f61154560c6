import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { PlaybookStore } from '../application/orchestration-store.js';
import type { PlaybookDocument } from '../domain/playbook-document.js';

@Injectable()
export class PostgresPlaybookStore extends PlaybookStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(documents: readonly PlaybookDocument[]): Promise<void> {
    await this.database.query({
      name: 'add-playbooks',
      text: `INSERT INTO playbook_revision (playbook_id, revision, document) SELECT * FROM unnest($1::text[], $2::integer[], $3::jsonb[]) ON CONFLICT DO NOTHING`,
      values: [documents.map((document) => document.id), documents.map((document) => document.revision), documents.map((document) => JSON.stringify(document))],
    });
  }

  async all(): Promise<PlaybookDocument[]> {
    const rows = await this.database.query<{ document: PlaybookDocument }>({ name: 'all-playbooks', text: 'SELECT document FROM playbook_revision' });
    return rows.map((row) => row.document);
  }
}
