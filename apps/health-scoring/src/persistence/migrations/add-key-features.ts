import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddKeyFeatures1700000000091 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Features that are called key, with the day since which their use is counted; null: from the beginning.
      CREATE TABLE key_feature (name text PRIMARY KEY, counted_since date);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_feature');
  }
}
