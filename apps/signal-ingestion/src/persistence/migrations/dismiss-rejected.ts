import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A rejected item may be put aside as one that nobody will mend. */
export class DismissRejected1700000000072 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE rejected DROP CONSTRAINT rejected_state_check,
        ADD CONSTRAINT rejected_state_check CHECK (state IN ('open', 'replayed', 'expired', 'dismissed'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE rejected SET state = 'open', settled_at = NULL WHERE state = 'dismissed';
      ALTER TABLE rejected DROP CONSTRAINT rejected_state_check,
        ADD CONSTRAINT rejected_state_check CHECK (state IN ('open', 'replayed', 'expired'))`);
  }
}
