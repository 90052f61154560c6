import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, sessions, API keys, failed sign-ins and the audit of sign-ins. */
export class CreateGatewayTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sign_in_audit, sign_in_failures, api_keys, sessions, users');
    await runner.query('DROP FUNCTION refuse_change');
  }
}

const statements = [
  `CREATE TABLE users (
     id text PRIMARY KEY,
     email text NOT NULL UNIQUE,
     name text,
     role text NOT NULL CHECK (role IN ('admin', 'operator', 'manager', 'csm', 'viewer')),
     active boolean NOT NULL,
     password_hash text,
     created_at timestamptz NOT NULL
   )`,
  'CREATE INDEX users_by_age ON users (created_at, id)',
  // Expiry by the database's clock: it decides who may come in, not what users see of time.
  `CREATE TABLE sessions (
     token_hash bytea PRIMARY KEY,
     user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
     created_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz NOT NULL
   )`,
  'CREATE INDEX sessions_by_user ON sessions (user_id)',
  'CREATE INDEX sessions_by_expiry ON sessions (expires_at)',
  `CREATE TABLE api_keys (
     id text PRIMARY KEY,
     lookup text NOT NULL UNIQUE,
     key_hash bytea NOT NULL,
     name text NOT NULL,
     scopes text[] NOT NULL,
     created_by text,
     created_at timestamptz NOT NULL,
     last_used_at timestamptz,
     revoked_at timestamptz
   )`,
  'CREATE INDEX api_keys_by_age ON api_keys (created_at, id)',
  `CREATE TABLE sign_in_failures (
     subject bytea PRIMARY KEY,
     failures integer NOT NULL,
     last_failed_at timestamptz NOT NULL,
     blocked_until timestamptz
   )`,
  `CREATE TABLE sign_in_audit (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     at timestamptz NOT NULL,
     event text NOT NULL,
     user_id text,
     email_hash text NOT NULL,
     address text NOT NULL,
     previous_hash text NOT NULL UNIQUE,
     hash text NOT NULL
   )`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'the audit is only ever appended to'; END $$`,
  'CREATE TRIGGER sign_in_audit_append_only BEFORE UPDATE OR DELETE ON sign_in_audit FOR EACH ROW EXECUTE FUNCTION refuse_change()',
  'CREATE TRIGGER sign_in_audit_no_truncate BEFORE TRUNCATE ON sign_in_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
];
