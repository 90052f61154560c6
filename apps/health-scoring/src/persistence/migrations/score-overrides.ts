import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ScoreOverrides1700000000082 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of an override: its band, and what the facts alone gave when it was set.
      ALTER TABLE judgement ADD COLUMN band text, ADD COLUMN computed_score numeric(5, 2), ADD COLUMN computed_band text;

      -- How terms ended, as the renewals tell it: what judgements are held against.
      CREATE TABLE renewal_outcome (
        account_id text NOT NULL,
        renewal_id text NOT NULL,
        renewal_on date NOT NULL,
        notice_on date NOT NULL,
        renewed boolean NOT NULL,
        known_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, renewal_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE renewal_outcome; ALTER TABLE judgement DROP COLUMN band, DROP COLUMN computed_score, DROP COLUMN computed_band');
  }
}
