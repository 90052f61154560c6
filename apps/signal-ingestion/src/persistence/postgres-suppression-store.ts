import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { SuppressionStore, type SuppressionList } from '../application/suppression-store.js';

/** Key of the advisory lock that whoever takes messages shares. */
const lockKey = 'hashtext(\'signal-ingestion.takes-messages\')';

@Injectable()
export class PostgresSuppressionStore extends SuppressionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async generation(sql: Sql | null): Promise<number> {
    const [row] = await (sql ?? this.database).query<{ generation: string }>({ name: 'suppression-generation', text: 'SELECT generation FROM suppression_state' });
    return Number(row?.generation ?? 0);
  }

  async load(): Promise<SuppressionList> {
    return this.database.transaction(async (tx) => {
      // The generation first: what comes between the two is in the list already.
      const [state] = await tx.query<{ generation: string; salt: Buffer }>('SELECT generation, salt FROM suppression_state');
      const rows = await tx.query<{ hash: string }>(`SELECT encode(hash, 'hex') AS hash FROM suppression`);
      if (!state) throw new Error('the suppression list has no state');
      return { generation: Number(state.generation), salt: state.salt, hashes: new Set(rows.map(({ hash }) => hash)) };
    });
  }

  async add(tx: Transaction, hashes: readonly Buffer[], at: Date): Promise<void> {
    await tx.query({ text: 'INSERT INTO suppression (hash, created_at) SELECT h, $2 FROM unnest($1::bytea[]) AS h ORDER BY h ON CONFLICT DO NOTHING', values: [hashes, at] });
    await tx.query('UPDATE suppression_state SET generation = generation + 1');
  }

  async remove(tx: Transaction, hashes: readonly Buffer[]): Promise<void> {
    await tx.query({ text: 'DELETE FROM suppression WHERE hash = ANY($1::bytea[])', values: [hashes] });
    await tx.query('UPDATE suppression_state SET generation = generation + 1');
  }

  async enter(tx: Transaction): Promise<void> {
    await tx.query({ name: 'enter-taking', text: `SELECT pg_advisory_xact_lock_shared(${lockKey})` });
  }

  async waitForAll(): Promise<void> {
    await this.database.transaction((tx) => tx.query(`SELECT pg_advisory_xact_lock(${lockKey})`));
  }
}
