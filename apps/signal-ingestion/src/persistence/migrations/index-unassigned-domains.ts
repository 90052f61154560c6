import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People without account by their mail domain: beside them stand all visitors that nobody knows, who have none. */
export class IndexUnassignedDomains1700000000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX identity_unassigned_domain ON identity ((split_part(lower(coalesce(email, CASE WHEN starts_with(key, 'email:') THEN substr(key, 7) END)), '@', 2)), key)
      WHERE account_id IS NULL AND alias_of IS NULL AND (email IS NOT NULL OR starts_with(key, 'email:'))
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX identity_unassigned_domain');
  }
}
