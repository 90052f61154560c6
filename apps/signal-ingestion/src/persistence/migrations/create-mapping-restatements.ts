import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Telemetry of the past that is read anew by a mapping, and the accounts that are to be told again when it was. */
export class CreateMappingRestatements1700000000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mapping_restatement (
        id uuid PRIMARY KEY,
        source_id uuid NOT NULL,
        revision integer NOT NULL,
        since timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'reading', 'telling', 'done', 'superseded')),
        -- per partition of telemetry: the next offset to read, and the one to stop at
        marks jsonb,
        messages bigint NOT NULL DEFAULT 0,
        changed bigint NOT NULL DEFAULT 0,
        kept bigint NOT NULL DEFAULT 0,
        accounts bigint NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        done_at timestamptz,
        FOREIGN KEY (source_id, revision) REFERENCES mapping_revision (source_id, revision)
      );
      CREATE INDEX mapping_restatement_open ON mapping_restatement (next_at) WHERE state IN ('waiting', 'reading', 'telling');
      CREATE INDEX mapping_restatement_by_source ON mapping_restatement (source_id, id DESC);

      CREATE TABLE mapping_restatement_account (
        restatement_id uuid NOT NULL REFERENCES mapping_restatement ON DELETE CASCADE,
        account_id text COLLATE "C" NOT NULL,
        PRIMARY KEY (restatement_id, account_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mapping_restatement_account, mapping_restatement');
  }
}
