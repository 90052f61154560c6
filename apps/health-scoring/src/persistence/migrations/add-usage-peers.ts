import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddUsagePeers1700000000063 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Use as a share of its reference and the class of size, as the last look had them.
      ALTER TABLE portfolio ADD COLUMN use_level double precision, ADD COLUMN size_class smallint;
      -- Where the accounts of each size stood at noon of each day: what falls of use are held against.
      CREATE TABLE usage_peers (
        day date NOT NULL,
        size_class smallint NOT NULL,
        accounts integer NOT NULL,
        median double precision NOT NULL,
        distance double precision NOT NULL,
        PRIMARY KEY (day, size_class)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE usage_peers; ALTER TABLE portfolio DROP COLUMN use_level, DROP COLUMN size_class');
  }
}
