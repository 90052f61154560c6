import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever asks and empties the log for an erasure holds no transaction meanwhile. */
export class LeaseErasures1700000000068 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure ADD COLUMN lease uuid, ADD COLUMN leased_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure DROP COLUMN lease, DROP COLUMN leased_until');
  }
}
