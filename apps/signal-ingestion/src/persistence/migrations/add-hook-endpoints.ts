import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sources that call us: they have secrets, sealed, instead of a write key. */
export class AddHookEndpoints1700000000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE source ALTER COLUMN write_key_hash DROP NOT NULL;

      CREATE TABLE hook_endpoint (
        source_id uuid PRIMARY KEY REFERENCES source (id),
        settings jsonb NOT NULL
      );

      CREATE TABLE hook_secret (
        id uuid PRIMARY KEY,
        source_id uuid NOT NULL REFERENCES source (id),
        kind text NOT NULL CHECK (kind IN ('secret', 'public_key')),
        sealed bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz
      );
      CREATE INDEX hook_secret_by_source ON hook_secret (source_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE hook_secret, hook_endpoint;
      DELETE FROM source WHERE write_key_hash IS NULL;
      ALTER TABLE source ALTER COLUMN write_key_hash SET NOT NULL;
    `);
  }
}
