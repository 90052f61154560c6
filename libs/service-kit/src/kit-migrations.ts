import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls with an Idempotency-Key and their answers. */
export class CreateIdempotencyKeys1690000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        principal text NOT NULL,
        route text NOT NULL,
        key_hash bytea NOT NULL,
        body_hash bytea NOT NULL,
        answer bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (principal, route, key_hash)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}

/** Tables that every service has, beside its own and those of messaging. */
export const kitMigrations: readonly (new () => MigrationInterface)[] = [CreateIdempotencyKeys1690000000001];
