import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts that stand for another: merged ones, and aliases, which are rows like accounts (an id can be only one
 * of both) and are never published. `merged_into` is what was decided, `root_id` where it leads to in the end; both
 * are null for an account that stands for itself. People are merged in the same way. Messages and contacts keep
 * the account and the person they named.
 */
export class LinkAccounts1700000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account ADD COLUMN merged_into text COLLATE "C", ADD COLUMN root_id text COLLATE "C", ADD COLUMN is_alias boolean NOT NULL DEFAULT false, ADD COLUMN confirmed_at timestamptz;
      CREATE INDEX account_by_root ON account (root_id) WHERE root_id IS NOT NULL;
      CREATE INDEX account_merged ON account (merged_into) WHERE merged_into IS NOT NULL;
      CREATE INDEX account_unknown ON account (id) WHERE doc -> 'stamps' = '{}'::jsonb AND confirmed_at IS NULL AND merged_into IS NULL;
      CREATE INDEX contact_by_person ON contact (person_id);

      ALTER TABLE identity ADD COLUMN merged_into text COLLATE "C", ADD COLUMN root_key text COLLATE "C";
      CREATE INDEX identity_root ON identity (root_key, key) WHERE root_key IS NOT NULL;
      CREATE INDEX identity_merged ON identity (key) INCLUDE (root_key) WHERE root_key IS NOT NULL;

      CREATE TABLE merge (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('account', 'person')),
        from_id text COLLATE "C" NOT NULL,
        into_id text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        merged_at timestamptz NOT NULL,
        merged_by text NOT NULL,
        unmerged_at timestamptz,
        unmerged_by text,
        unmerge_reason text
      );
      CREATE INDEX merge_by_target ON merge (kind, into_id);
      CREATE INDEX merge_by_source ON merge (kind, from_id);
      CREATE UNIQUE INDEX merge_in_force ON merge (kind, from_id) WHERE unmerged_at IS NULL;

      ALTER TABLE restatement ADD COLUMN regrouped boolean NOT NULL DEFAULT false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE restatement DROP COLUMN regrouped;
      DROP TABLE merge;
      ALTER TABLE identity DROP COLUMN merged_into, DROP COLUMN root_key;
      DROP INDEX contact_by_person;
      ALTER TABLE account DROP COLUMN merged_into, DROP COLUMN root_id, DROP COLUMN is_alias, DROP COLUMN confirmed_at;
    `);
  }
}
