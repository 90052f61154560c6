import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever asks for somebody under an address, or by whom others were merged into them, need not read every identity. All
 * pending migrations are one transaction, in which no index can be made CONCURRENTLY: new identities wait for it, about a second a million.
 */
export class IndexIdentityEmails1700000000069 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX identity_by_email ON identity (lower(email)) WHERE email IS NOT NULL;
      CREATE INDEX identity_merged_into ON identity (merged_into) WHERE merged_into IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX identity_by_email, identity_merged_into');
  }
}
