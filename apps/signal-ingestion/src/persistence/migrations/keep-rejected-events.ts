import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it takes to map a refused webhook event again. Null: the row is none, or of before. */
export class KeepRejectedEvents1700000000060 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rejected ADD COLUMN event text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rejected DROP COLUMN event');
  }
}
