import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the purge, which goes by age. */
export class IndexRejectedByAge1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX rejected_by_age ON rejected (received_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX rejected_by_age');
  }
}
