import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddLeadingIndicators1700000000092 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The five leading indicators of each account on the last day that somebody asked for. Arrays: active contacts in all, then by role.
      CREATE TABLE leading_indicator (
        account_id text PRIMARY KEY,
        day date NOT NULL,
        plan double precision, plan_before double precision,
        active integer[] NOT NULL, active_before integer[] NOT NULL,
        tickets integer NOT NULL, tickets_before integer NOT NULL,
        executive smallint, executive_before smallint,
        sentiment double precision, sentiment_before double precision
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leading_indicator');
  }
}
