import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddDayFacts1700000000064 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the last look of the day that changed anything knew of the account, packed, and when that was; null: no longer kept.
      ALTER TABLE health_day ADD COLUMN looked_at timestamptz, ADD COLUMN facts bytea;
      CREATE INDEX health_day_by_day ON health_day (day);
      -- What is read of accounts, a line each, in the order in which the days that name the plan are packed.
      CREATE TABLE reading_plan (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        keys text NOT NULL
      );
      CREATE UNIQUE INDEX reading_plan_by_keys ON reading_plan (md5(keys));
      -- One row: readings of earlier days are forgotten.
      CREATE TABLE readings_kept (one boolean PRIMARY KEY DEFAULT true CHECK (one), since date NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE readings_kept, reading_plan; DROP INDEX health_day_by_day; ALTER TABLE health_day DROP COLUMN looked_at, DROP COLUMN facts');
  }
}
