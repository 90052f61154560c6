import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the purge, which goes by age. */
export class IndexMessagesByAge1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX webhook_message_by_age ON webhook_message (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX webhook_message_by_age');
  }
}
