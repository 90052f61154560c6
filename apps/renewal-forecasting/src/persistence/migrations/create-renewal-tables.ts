import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRenewalTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_forecast (
        account_id text PRIMARY KEY,
        signals_partition integer NOT NULL,
        facts jsonb,
        as_of timestamptz,
        restating boolean NOT NULL DEFAULT false,
        published jsonb,
        next_look_at timestamptz
      );
      CREATE INDEX account_forecast_look ON account_forecast (next_look_at) WHERE next_look_at IS NOT NULL;

      CREATE TABLE contract_entry (
        account_id text NOT NULL,
        source_id text NOT NULL,
        signal_id text NOT NULL,
        contract_id text NOT NULL,
        status text NOT NULL,
        starts_on date NOT NULL,
        ends_on date,
        arr_minor bigint NOT NULL,
        currency text NOT NULL,
        seats bigint,
        notice_days integer,
        auto_renew boolean,
        product text,
        effective_on date,
        reason text,
        controllable boolean,
        occurred_at timestamptz NOT NULL,
        PRIMARY KEY (account_id, source_id, signal_id)
      );
      CREATE INDEX contract_entry_contract ON contract_entry (contract_id, account_id);

      CREATE TABLE renewal (
        account_id text NOT NULL,
        id text NOT NULL,
        contract_id text NOT NULL,
        renewal_on date NOT NULL,
        notice_on date NOT NULL,
        arr_minor bigint NOT NULL,
        currency text NOT NULL,
        state text NOT NULL,
        outcome text,
        forecast jsonb,
        version bigint NOT NULL,
        PRIMARY KEY (account_id, id)
      );
      CREATE INDEX renewal_by_date ON renewal (renewal_on, id);
      CREATE INDEX renewal_by_id ON renewal (id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE renewal; DROP TABLE contract_entry; DROP TABLE account_forecast');
  }
}
