import type { MigrationInterface, QueryRunner } from 'typeorm';

/** W3C traceparent of a signal that waits for an account; null on every other message. */
export class KeepTracesOfWaitingSignals1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE message ADD COLUMN traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE message DROP COLUMN traceparent');
  }
}
