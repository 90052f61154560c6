import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddProducts1700000000083 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Facts of one product of an account, packed: written with the account's row, where signals name a product.
      CREATE TABLE product_health (
        account_id text NOT NULL,
        product text NOT NULL,
        facts bytea NOT NULL,
        PRIMARY KEY (account_id, product)
      ) WITH (fillfactor = 80);
      -- The account above, for what is shown of all below it.
      ALTER TABLE portfolio ADD COLUMN parent_id text;
      CREATE INDEX portfolio_by_parent ON portfolio (parent_id) WHERE parent_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE product_health; ALTER TABLE portfolio DROP COLUMN parent_id');
  }
}
