import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When somebody was last taken out of what was said of an account: telemetry from before may still name them where messages do not. */
export class NoteErasuresAtAccounts1700000000070 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account ADD COLUMN erased_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN erased_at');
  }
}
