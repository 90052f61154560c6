import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the partitions stood when the rebuild under way began; empty otherwise. */
export class AddRebuildPositions1700000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE messaging_rebuild (
        topic text NOT NULL,
        partition integer NOT NULL,
        -- Next offset by then: what lies below was applied, and what came of it was told;
        told_below bigint NOT NULL,
        -- but for these records, which lay in the dead letters.
        untold bigint[] NOT NULL,
        -- Where the partition ended.
        ends_at bigint NOT NULL,
        PRIMARY KEY (topic, partition)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE messaging_rebuild');
  }
}
