import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddCohortTables1700000000071 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the points of each measure are among accounts of one scorecard, segment and age: a table a day, never changed.
      CREATE TABLE cohort_table (day date PRIMARY KEY);
      CREATE TABLE cohort_quantile (
        day date NOT NULL REFERENCES cohort_table (day) ON DELETE CASCADE,
        scorecard_id text NOT NULL,
        segment text,
        tenure text NOT NULL,
        measure text NOT NULL,
        accounts integer NOT NULL,
        q25 numeric(5, 2) NOT NULL,
        q50 numeric(5, 2) NOT NULL,
        q75 numeric(5, 2) NOT NULL,
        UNIQUE NULLS NOT DISTINCT (day, scorecard_id, segment, tenure, measure)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cohort_quantile, cohort_table');
  }
}
