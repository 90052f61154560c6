import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that every service's own database has for its consumers, its outbox and its dead letters. */
export class CreateMessagingTables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE messaging_dead_letter, messaging_held, messaging_outbox, messaging_epoch, messaging_published, messaging_seen, messaging_offset',
    );
  }
}

const tables = [
  // The fence: a chunk commits only by moving next_offset from the value its consumer had read.
  `CREATE TABLE messaging_offset (
     topic text NOT NULL,
     partition integer NOT NULL,
     next_offset bigint NOT NULL,
     log_identity text NOT NULL,
     last_offset bigint,
     last_event_id text,
     applied_at timestamptz,
     PRIMARY KEY (topic, partition)
   ) WITH (fillfactor = 30)`,
  // Highest version consumed of each (topic, key).
  `CREATE TABLE messaging_seen (
     topic text NOT NULL,
     key text NOT NULL,
     version bigint NOT NULL,
     PRIMARY KEY (topic, key)
   ) WITH (fillfactor = 70)`,
  // Highest version published of each (topic, key), and what counted as its content.
  `CREATE TABLE messaging_published (
     topic text NOT NULL,
     key text NOT NULL,
     version bigint NOT NULL,
     fingerprint text,
     PRIMARY KEY (topic, key)
   ) WITH (fillfactor = 70)`,
  // One row. Versions are epoch x 2^40 + n; a restore or rebuild raises the epoch.
  `CREATE TABLE messaging_epoch (
     only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
     epoch integer NOT NULL CHECK (epoch BETWEEN 0 AND 8191),
     rebuilding boolean NOT NULL
   )`,
  'INSERT INTO messaging_epoch (epoch, rebuilding) VALUES (0, false)',
  // Keys as bytes and headers as json, not jsonb: a dead letter may hold NUL, which text and jsonb refuse.
  `CREATE TABLE messaging_outbox (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     topic text NOT NULL,
     key bytea,
     value bytea,
     headers json NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     parked_at timestamptz,
     parked_reason text
   ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
  // While rebuilding: the newest content of each key of a state topic, published at the end.
  `CREATE TABLE messaging_held (
     topic text NOT NULL,
     key text NOT NULL,
     value text NOT NULL,
     headers json NOT NULL,
     PRIMARY KEY (topic, key)
   )`,
  // What the group could not apply, with its bytes, for search and replay.
  `CREATE TABLE messaging_dead_letter (
     id text PRIMARY KEY,
     topic text NOT NULL,
     partition integer NOT NULL,
     record_offset bigint NOT NULL,
     record_time timestamptz NOT NULL,
     key bytea,
     value bytea,
     headers json NOT NULL,
     class text NOT NULL,
     code text NOT NULL,
     message text NOT NULL,
     attempt integer NOT NULL,
     first_seen timestamptz NOT NULL,
     state text NOT NULL CHECK (state IN ('dead', 'replayed', 'superseded')),
     changed_at timestamptz NOT NULL
   )`,
  'CREATE INDEX messaging_dead_letter_by_age ON messaging_dead_letter (first_seen DESC, id DESC)',
  `CREATE INDEX messaging_dead_letter_dead ON messaging_dead_letter (topic, first_seen DESC, id DESC) WHERE state = 'dead'`,
];
