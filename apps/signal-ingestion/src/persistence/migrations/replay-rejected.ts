import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it takes to read a rejected item again. Null where nobody knows: rows of before, and whole bodies. */
export class ReplayRejected1700000000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE rejected ADD COLUMN vendor text, ADD COLUMN call text, ADD COLUMN sent_at text, ADD COLUMN settled_at timestamptz;
      CREATE INDEX rejected_by_code ON rejected (code, seq DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX rejected_by_code;
      ALTER TABLE rejected DROP COLUMN vendor, DROP COLUMN call, DROP COLUMN sent_at, DROP COLUMN settled_at;
    `);
  }
}
