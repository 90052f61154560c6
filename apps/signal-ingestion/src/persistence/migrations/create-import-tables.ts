import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A file that is imported: what is known of it, its bytes while they are needed, and what was wrong with its rows. */
export class CreateImportTables1700000000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE import (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        file_name text,
        options jsonb NOT NULL,
        kind text NOT NULL,
        dry_run boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('uploading', 'waiting', 'running', 'ending', 'done', 'failed', 'cancelled')),
        -- what an import that is ending will be
        outcome text CHECK (outcome IN ('done', 'failed', 'cancelled')),
        failure jsonb,
        file_sha256 bytea,
        received_bytes bigint NOT NULL DEFAULT 0,
        shape jsonb,
        plan jsonb,
        seed uuid,
        at_row bigint NOT NULL DEFAULT 0,
        at_byte bigint NOT NULL DEFAULT 0,
        rows_read bigint NOT NULL DEFAULT 0,
        rows_taken bigint NOT NULL DEFAULT 0,
        rows_repeated bigint NOT NULL DEFAULT 0,
        rows_rejected bigint NOT NULL DEFAULT 0,
        signals bigint NOT NULL DEFAULT 0,
        waiting_signals bigint NOT NULL DEFAULT 0,
        accounts bigint NOT NULL DEFAULT 0,
        worked_ms bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        -- who works on it, until when by machine time
        lease_owner uuid,
        lease_until timestamptz
      );
      CREATE INDEX import_open ON import (seq) WHERE state IN ('uploading', 'waiting', 'running', 'ending');
      CREATE INDEX import_by_file ON import (file_sha256, kind, seq DESC) WHERE file_sha256 IS NOT NULL;

      CREATE TABLE import_part (
        import_id uuid NOT NULL REFERENCES import ON DELETE CASCADE,
        at_byte bigint NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (import_id, at_byte)
      );
      ALTER TABLE import_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

      CREATE TABLE import_error (
        import_id uuid NOT NULL REFERENCES import ON DELETE CASCADE,
        row bigint NOT NULL,
        line bigint NOT NULL,
        code text NOT NULL,
        "column" text,
        detail text NOT NULL,
        PRIMARY KEY (import_id, row)
      );

      CREATE INDEX account_importing ON account USING gin ((doc -> 'importing')) WHERE doc ? 'importing';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX account_importing; DROP TABLE import_error, import_part, import;');
  }
}
