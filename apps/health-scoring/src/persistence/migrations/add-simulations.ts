import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSimulations1700000000065 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a draft would have done. The tally is what was counted up to the account after_account.
      CREATE TABLE simulation (
        id uuid PRIMARY KEY,
        scorecard_id text NOT NULL,
        revision integer,
        document json NOT NULL,
        generation integer NOT NULL,
        from_day date NOT NULL,
        to_day date NOT NULL,
        state text NOT NULL,
        accounts integer NOT NULL,
        after_account text,
        tally json NOT NULL,
        fault text,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        started_at timestamptz,
        ended_at timestamptz
      );
      CREATE INDEX simulation_by_scorecard ON simulation (scorecard_id, created_at, id);
      CREATE INDEX simulation_unfinished ON simulation (created_at, id) WHERE ended_at IS NULL;
      -- Accounts that differ.
      CREATE TABLE simulated_account (
        simulation_id uuid NOT NULL REFERENCES simulation ON DELETE CASCADE,
        account_id text NOT NULL,
        outcome json NOT NULL,
        PRIMARY KEY (simulation_id, account_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE simulated_account, simulation');
  }
}
