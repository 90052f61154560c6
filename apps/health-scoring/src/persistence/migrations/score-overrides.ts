import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ScoreOverrides1700000000082 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of an override: its band, and what the facts alone gave when it was set.
      ALTER TABLE judgement ADD COLUMN band text, ADD COLUMN computed_score numeric(5, 2), ADD COLUMN computed_band text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE judgement DROP COLUMN band, DROP COLUMN computed_score, DROP COLUMN computed_band');
  }
}
