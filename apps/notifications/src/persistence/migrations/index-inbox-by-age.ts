import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the purge, which goes by age. */
export class IndexInboxByAge1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX inbox_item_by_age ON inbox_item (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX inbox_item_by_age');
  }
}
