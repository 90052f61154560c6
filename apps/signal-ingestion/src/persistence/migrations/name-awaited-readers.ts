import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom an erasure waits for, as groups of the log. */
export class NameAwaitedReaders1700000000067 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE erasure ADD COLUMN waits_for text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure DROP COLUMN waits_for');
  }
}
