import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSimulatedTerms1700000000066 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The draft held against how terms ended; null until the simulation is completed, and of those from before there was one.
      ALTER TABLE simulation ADD COLUMN difference json, ADD COLUMN is_counted boolean NOT NULL DEFAULT false;
      -- What both sides said of the terms of each account, until the simulation is over.
      CREATE TABLE simulated_term (
        simulation_id uuid NOT NULL REFERENCES simulation ON DELETE CASCADE,
        account_id text NOT NULL,
        terms json NOT NULL,
        PRIMARY KEY (simulation_id, account_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE simulated_term; ALTER TABLE simulation DROP COLUMN difference, DROP COLUMN is_counted');
  }
}
