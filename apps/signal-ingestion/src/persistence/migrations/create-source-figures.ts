import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rows are per partition of telemetry, so that chunks of different partitions never wait for each other. The
 * minutes of one hour are a ring: a row is used again when its minute comes round.
 */
export class CreateSourceFigures1700000000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE source_hour (
        source_id text COLLATE "C" NOT NULL,
        hour timestamptz NOT NULL,
        partition smallint NOT NULL,
        accepted bigint NOT NULL,
        repeated bigint NOT NULL,
        rejected bigint NOT NULL,
        suppressed bigint NOT NULL,
        clamped bigint NOT NULL,
        late bigint NOT NULL,
        newest_event_at timestamptz,
        newest_received_at timestamptz NOT NULL,
        skew_ms double precision NOT NULL,
        skewed bigint NOT NULL,
        PRIMARY KEY (source_id, hour, partition)
      ) WITH (fillfactor = 80);
      CREATE INDEX source_hour_by_age ON source_hour (hour);

      CREATE TABLE source_minute (
        source_id text COLLATE "C" NOT NULL,
        slot smallint NOT NULL,
        partition smallint NOT NULL,
        minute timestamptz NOT NULL,
        accepted bigint NOT NULL,
        PRIMARY KEY (source_id, slot, partition)
      ) WITH (fillfactor = 80);

      CREATE TABLE source_watch (
        source_id text COLLATE "C" PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('active', 'quiet')),
        since timestamptz NOT NULL,
        next_look_at timestamptz NOT NULL
      );

      CREATE TABLE source_name (
        source_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL CHECK (kind IN ('event', 'property')),
        name text COLLATE "C" NOT NULL,
        first_seen_at timestamptz NOT NULL,
        PRIMARY KEY (source_id, kind, name)
      );

      CREATE TABLE source_notice (
        source_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL CHECK (kind IN ('event', 'property')),
        count bigint NOT NULL,
        example text NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (source_id, kind)
      ) WITH (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE source_notice, source_name, source_watch, source_minute, source_hour');
  }
}
