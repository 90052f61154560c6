import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids and keys compare as bytes (collation C): every reader and lock sees the same order. */
export class CreateIngestionTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE source (
        id uuid PRIMARY KEY,
        type text NOT NULL,
        name text NOT NULL,
        write_key text,
        write_key_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz
      );

      CREATE TABLE account (
        id text COLLATE "C" PRIMARY KEY,
        doc jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        version bigint NOT NULL
      ) WITH (fillfactor = 80);
      CREATE INDEX account_by_parent ON account ((doc ->> 'parentId')) WHERE doc ->> 'parentId' IS NOT NULL;

      CREATE TABLE contact (
        account_id text COLLATE "C" NOT NULL,
        person_id text COLLATE "C" NOT NULL,
        doc jsonb NOT NULL,
        stakeholder_rank smallint,
        email_domain text,
        PRIMARY KEY (account_id, person_id)
      );
      CREATE INDEX contact_stakeholder ON contact (account_id, stakeholder_rank, person_id) WHERE stakeholder_rank IS NOT NULL;
      CREATE INDEX contact_by_domain ON contact (email_domain, account_id) WHERE email_domain IS NOT NULL;

      CREATE TABLE identity (
        key text COLLATE "C" PRIMARY KEY,
        alias_of text COLLATE "C",
        account_id text COLLATE "C",
        waiting bigint NOT NULL DEFAULT 0,
        email text,
        first_seen_at timestamptz NOT NULL
      ) WITH (fillfactor = 80);
      CREATE INDEX identity_alias ON identity (alias_of) WHERE alias_of IS NOT NULL;
      CREATE INDEX identity_unassigned ON identity (key) WHERE account_id IS NULL AND alias_of IS NULL;

      CREATE TABLE replay (
        person_key text COLLATE "C" PRIMARY KEY,
        created_at timestamptz NOT NULL
      );

      CREATE SEQUENCE message_place;
      CREATE TABLE message (
        week integer NOT NULL,
        source_id text COLLATE "C" NOT NULL,
        message_id text COLLATE "C" NOT NULL,
        hash bytea NOT NULL,
        place bigint NOT NULL,
        person_key text COLLATE "C",
        account_id text COLLATE "C",
        person_id text COLLATE "C",
        kind text,
        occurred_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        clamped boolean NOT NULL,
        product text,
        data json,
        PRIMARY KEY (week, source_id, message_id)
      ) PARTITION BY LIST (week);
      CREATE INDEX message_timeline ON message (account_id, occurred_at, message_id, source_id) WHERE account_id IS NOT NULL AND kind IS NOT NULL;
      CREATE INDEX message_waiting ON message (person_key, occurred_at) WHERE account_id IS NULL AND kind IS NOT NULL;

      CREATE FUNCTION message_week(at timestamptz) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
        RETURN floor(extract(epoch FROM at) / 604800)::integer;
      CREATE FUNCTION make_message_week(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('make_message_week'));
        EXECUTE format('CREATE TABLE IF NOT EXISTS message_week_%s PARTITION OF message FOR VALUES IN (%s)', wanted, wanted);
      END $$;

      CREATE TABLE rejected (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        source_id text NOT NULL,
        received_at timestamptz NOT NULL,
        code text NOT NULL,
        pointer text,
        detail text NOT NULL,
        payload text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'replayed', 'expired'))
      );
      CREATE INDEX rejected_by_source ON rejected (source_id, seq DESC);

      CREATE TABLE restatement (
        id uuid PRIMARY KEY,
        account_id text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'running', 'done')),
        up_to bigint,
        cursor_at timestamptz,
        cursor_id text COLLATE "C",
        cursor_source_id text COLLATE "C",
        signals bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        done_at timestamptz
      );
      CREATE UNIQUE INDEX restatement_open ON restatement (account_id) WHERE state <> 'done';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE restatement, rejected, message, replay, identity, contact, account, source;
      DROP FUNCTION make_message_week(integer), message_week(timestamptz);
      DROP SEQUENCE message_place;
    `);
  }
}
