import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LeaveDaysBySpans1700000000095 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Days between two spans that are left can be told. No release had the two columns.
      ALTER TABLE days_left ADD COLUMN days datemultirange;
      UPDATE days_left SET days = datemultirange(daterange(nullif(first, '-infinity'), until));
      ALTER TABLE days_left ALTER COLUMN days SET NOT NULL, DROP COLUMN first, DROP COLUMN until;
      -- What the daily purge has to look for, which is next to nothing.
      CREATE INDEX restated_day_with_facts ON restated_day (day) WHERE facts IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX restated_day_with_facts;
      ALTER TABLE days_left ADD COLUMN first date, ADD COLUMN until date;
      UPDATE days_left SET first = coalesce(lower(days), '-infinity'), until = upper(days);
      ALTER TABLE days_left ALTER COLUMN first SET NOT NULL, ALTER COLUMN until SET NOT NULL, DROP COLUMN days;
    `);
  }
}
