import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which import told a person's signal, and how many of the contacts known before it an import changed. */
export class NameImportsOfPeople1700000000073 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- of \`person\` signals that a file told; null on every other message
      ALTER TABLE message ADD COLUMN import_id uuid;
      -- contacts there were when its rows began to be read; null before
      ALTER TABLE import ADD COLUMN contacts_known bigint, ADD COLUMN contacts_changed bigint NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE import DROP COLUMN contacts_known, DROP COLUMN contacts_changed; ALTER TABLE message DROP COLUMN import_id;');
  }
}
