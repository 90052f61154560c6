import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who was erased is known by hashes alone, salted with a secret of this database. An erasure names the person in
 * the clear until it is done, since it has to find them.
 */
export class CreateErasure1700000000034 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE suppression (
        hash bytea PRIMARY KEY,
        created_at timestamptz NOT NULL
      );
      CREATE TABLE suppression_state (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        salt bytea NOT NULL,
        generation bigint NOT NULL
      );
      INSERT INTO suppression_state (salt, generation) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 0);

      CREATE TABLE erasure (
        id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('requested', 'database_done', 'done')),
        person_keys text[],
        emails text[],
        names text[],
        account_ids text[] NOT NULL DEFAULT '{}',
        reason text NOT NULL,
        requested_at timestamptz NOT NULL,
        requested_by text NOT NULL,
        messages bigint NOT NULL DEFAULT 0,
        rejected bigint NOT NULL DEFAULT 0,
        log_records bigint,
        log_left integer NOT NULL DEFAULT 0,
        log_looks integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        log_clean_at timestamptz,
        done_at timestamptz
      );
      CREATE INDEX erasure_open ON erasure (next_at, id) WHERE state <> 'done';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasure, suppression_state, suppression');
  }
}
