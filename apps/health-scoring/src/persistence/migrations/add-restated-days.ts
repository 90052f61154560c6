import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddRestatedDays1700000000093 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Days that signals came late for, as known now; health_day has them as known then. unknown: what stands as it was though it may be other.
      CREATE TABLE restated_day (
        account_id text NOT NULL,
        day date NOT NULL,
        health_score numeric(5, 2),
        raw_score numeric(5, 2),
        band text NOT NULL,
        risk_level text NOT NULL,
        data_coverage real NOT NULL,
        strikes integer NOT NULL,
        looked_at timestamptz NOT NULL,
        facts bytea,
        unknown text[] NOT NULL,
        PRIMARY KEY (account_id, day)
      );
      -- One span an account of days of which nobody can say what is known now: too late a signal, a merge, an erasure.
      CREATE TABLE days_left (account_id text PRIMARY KEY, first date NOT NULL, until date NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE days_left, restated_day');
  }
}
