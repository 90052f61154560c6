import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateScorecards1700000000062 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every revision that was ever made; none is changed. Edition: of the shipped document; null: a person made it.
      CREATE TABLE scorecard_revision (
        scorecard_id text NOT NULL,
        revision integer NOT NULL,
        document json NOT NULL,
        edition integer,
        note text,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        PRIMARY KEY (scorecard_id, revision)
      );

      -- What was put in force, by whom and why. In force as of a generation is each scorecard's last row up to it; revision null: it was retired.
      CREATE TABLE scorecard_publication (
        generation integer PRIMARY KEY,
        scorecard_id text NOT NULL,
        revision integer,
        replaced integer,
        action text NOT NULL,
        reason text NOT NULL,
        at timestamptz NOT NULL,
        by text NOT NULL,
        told_at timestamptz,
        FOREIGN KEY (scorecard_id, revision) REFERENCES scorecard_revision (scorecard_id, revision)
      );
      CREATE INDEX scorecard_publication_by_scorecard ON scorecard_publication (scorecard_id, generation);

      -- Accounts whose band or risk level a publication changed.
      CREATE TABLE scorecard_move (
        generation integer NOT NULL,
        account_id text NOT NULL,
        from_band text NOT NULL,
        to_band text NOT NULL,
        from_risk text NOT NULL,
        to_risk text NOT NULL,
        PRIMARY KEY (generation, account_id)
      );

      -- The generation that the last verdict was given by. The index names no column that every look changes.
      ALTER TABLE portfolio ADD COLUMN generation integer NOT NULL DEFAULT 0;
      CREATE INDEX portfolio_by_generation ON portfolio (partition, generation) WHERE next_look_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE portfolio DROP COLUMN generation; DROP TABLE scorecard_move, scorecard_publication, scorecard_revision');
  }
}
