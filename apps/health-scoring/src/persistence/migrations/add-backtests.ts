import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddBacktests1700000000072 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Backtests asked for, with what they found. Who works at one holds the lease (machine time), and says how far it is.
      CREATE TABLE backtest (
        id uuid PRIMARY KEY,
        scorecard_id text NOT NULL,
        revision integer NOT NULL,
        state text NOT NULL DEFAULT 'waiting',
        asked_at timestamptz NOT NULL,
        asked_by text NOT NULL,
        finished_at timestamptz,
        accounts integer,
        accounts_done integer NOT NULL DEFAULT 0,
        report json,
        problem text,
        attempts integer NOT NULL DEFAULT 0,
        lease uuid,
        leased_until timestamptz,
        FOREIGN KEY (scorecard_id, revision) REFERENCES scorecard_revision (scorecard_id, revision)
      );
      CREATE INDEX backtest_by_scorecard ON backtest (scorecard_id, asked_at DESC, id);
      CREATE INDEX backtest_open ON backtest (asked_at) WHERE state IN ('waiting', 'running');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE backtest');
  }
}
