import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHealthTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The hot row: written by every batch, packed, without secondary indexes.
      CREATE TABLE account_health (
        account_id text PRIMARY KEY,
        revision bigint NOT NULL,
        state bytea NOT NULL
      ) WITH (fillfactor = 70);

      CREATE TABLE contact_health (
        account_id text NOT NULL,
        person_id text NOT NULL,
        kept boolean NOT NULL,
        facts bytea NOT NULL,
        PRIMARY KEY (account_id, person_id)
      );

      -- What lists show and sort by, the verdict as answered, and when time alone asks for the next look.
      CREATE TABLE portfolio (
        account_id text PRIMARY KEY,
        name text,
        owner_id text,
        segment text,
        tier text,
        merged_into text,
        arr_minor bigint,
        currency text,
        renewal_on date,
        notice_on date,
        health_score numeric(5, 2),
        band text NOT NULL DEFAULT 'unknown',
        risk_level text NOT NULL DEFAULT 'unknown',
        risk_rank smallint NOT NULL DEFAULT 2,
        strikes integer NOT NULL DEFAULT 0,
        trend text NOT NULL DEFAULT 'flat',
        verdict text,
        verdict_version bigint,
        partition smallint NOT NULL DEFAULT 0,
        next_look_at timestamptz
      ) WITH (fillfactor = 80);
      -- Ascending in all three, so that a page can begin anywhere in it.
      CREATE INDEX portfolio_by_risk ON portfolio (risk_rank, (-coalesce(arr_minor, 0)), account_id) WHERE merged_into IS NULL;
      CREATE INDEX portfolio_by_owner ON portfolio (owner_id);
      CREATE INDEX portfolio_by_look ON portfolio (partition, next_look_at) WHERE next_look_at IS NOT NULL;

      CREATE TABLE health_day (
        account_id text NOT NULL,
        day date NOT NULL,
        health_score numeric(5, 2),
        raw_score numeric(5, 2),
        band text NOT NULL,
        risk_level text NOT NULL,
        data_coverage real NOT NULL,
        strikes integer NOT NULL,
        scorecard_id text NOT NULL,
        scorecard_revision integer NOT NULL,
        PRIMARY KEY (account_id, day)
      );

      -- The record of people's judgements; the state holds what is in force.
      CREATE TABLE judgement (
        id uuid PRIMARY KEY,
        account_id text NOT NULL,
        indicator_id text,
        action text NOT NULL,
        health_score numeric(5, 2),
        reason text NOT NULL,
        until timestamptz,
        by text NOT NULL,
        at timestamptz NOT NULL
      );
      CREATE INDEX judgement_by_account ON judgement (account_id, at);

      CREATE TABLE source_sighting (
        kind text NOT NULL,
        partition smallint NOT NULL,
        last_seen_at timestamptz NOT NULL,
        usual_gap_ms double precision NOT NULL,
        PRIMARY KEY (kind, partition)
      );
      CREATE TABLE source_told (kind text PRIMARY KEY, state text NOT NULL, since timestamptz NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE source_told, source_sighting, judgement, health_day, portfolio, contact_health, account_health');
  }
}
