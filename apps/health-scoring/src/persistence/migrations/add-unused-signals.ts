import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddUnusedSignals1700000000084 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was taken and moves no measure, counted by kind and reason. The signals can tell it again.
      CREATE TABLE unused_signal (
        account_id text NOT NULL,
        kind text NOT NULL,
        reason text NOT NULL,
        count bigint NOT NULL,
        last_signal_id text NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, kind, reason)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unused_signal');
  }
}
