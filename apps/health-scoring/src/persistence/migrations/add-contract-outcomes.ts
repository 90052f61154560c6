import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddContractOutcomes1700000000073 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Terms that were renewed or lost, as forecasting last told.
      CREATE TABLE contract_outcome (
        account_id text NOT NULL,
        renewal_id text NOT NULL,
        starts_on date,
        notice_on date NOT NULL,
        lost boolean NOT NULL,
        decided_on date,
        PRIMARY KEY (account_id, renewal_id)
      );

      -- Days on which somebody spoke to a customer, or the customer gave an NPS answer (the last one of the day, by nps_at and nps_id).
      CREATE TABLE customer_day (
        account_id text NOT NULL,
        day date NOT NULL,
        has_outreach boolean NOT NULL,
        nps numeric(4, 2),
        nps_at timestamptz,
        nps_id text,
        PRIMARY KEY (account_id, day)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customer_day, contract_outcome');
  }
}
