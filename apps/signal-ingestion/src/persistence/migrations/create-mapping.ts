import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every revision ever published; the highest of a source is in force. */
export class CreateMapping1700000000033 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mapping_revision (
        source_id uuid NOT NULL REFERENCES source (id),
        revision integer NOT NULL,
        rules json NOT NULL,
        built_in boolean NOT NULL,
        note text,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        PRIMARY KEY (source_id, revision)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mapping_revision');
  }
}
