import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What scorecards in shadow made of the day; null: none was in force. */
export class AddShadowScores1700000000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE health_day ADD COLUMN shadows jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE health_day DROP COLUMN shadows');
  }
}
