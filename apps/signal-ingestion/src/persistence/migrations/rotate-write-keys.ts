import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A source may have several keys. The key in `source` stays beside its copy here, so that processes of the version
 * before still know it while both run.
 */
export class RotateWriteKeys1700000000032 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE write_key (
        id uuid PRIMARY KEY,
        source_id uuid NOT NULL REFERENCES source (id),
        hash bytea NOT NULL UNIQUE,
        key text,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz
      );
      COMMENT ON COLUMN write_key.key IS 'where it is public, and in force';
      CREATE INDEX write_key_in_force ON write_key (source_id, id) WHERE revoked_at IS NULL;
      INSERT INTO write_key (id, source_id, hash, key, created_at, revoked_at)
        SELECT id, id, write_key_hash, write_key, created_at, revoked_at FROM source WHERE write_key_hash IS NOT NULL;
      ALTER TABLE source ADD COLUMN allowed_origins text[], ADD COLUMN requests_per_second integer, ADD COLUMN events_per_day bigint;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE source DROP COLUMN allowed_origins, DROP COLUMN requests_per_second, DROP COLUMN events_per_day;
      DROP TABLE write_key;
    `);
  }
}
