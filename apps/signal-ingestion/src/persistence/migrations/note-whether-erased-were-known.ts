import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether anything was held under the id that was asked for: a mistyped one is suppressed and finds nothing. Of older erasures it is not known. */
export class NoteWhetherErasedWereKnown1700000000071 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure ADD COLUMN known boolean');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure DROP COLUMN known');
  }
}
