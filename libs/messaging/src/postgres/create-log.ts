import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log's own database. Offsets come from a counter row per partition that the appender holds locked until
 * its commit, so that they become visible in order and without gaps; a sequence would let readers skip what
 * commits late. Counters and group rows change all the time: a low fillfactor keeps their updates in the page.
 */
export class CreateLog1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_identity (id text PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
      INSERT INTO log_identity (id) VALUES ('postgres-' || gen_random_uuid());

      CREATE TABLE topic (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE,
        partitions smallint NOT NULL,
        compacted boolean NOT NULL,
        retention_ms bigint NOT NULL,
        max_record_bytes int NOT NULL
      );
      COMMENT ON COLUMN topic.retention_ms IS '0: kept for ever';

      CREATE TABLE part (
        topic_id int NOT NULL REFERENCES topic (id),
        p smallint NOT NULL,
        next_off bigint NOT NULL DEFAULT 0,
        low_off bigint NOT NULL DEFAULT 0,
        last_ts timestamptz NOT NULL DEFAULT '-infinity',
        compacted_off bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (topic_id, p)
      ) WITH (fillfactor = 20);
      COMMENT ON COLUMN part.last_ts IS 'record times never fall within a partition, even when the clock is set back';

      CREATE TABLE entry (
        retention_ms bigint NOT NULL,
        topic_id int NOT NULL,
        p smallint NOT NULL,
        off bigint NOT NULL,
        ts timestamptz NOT NULL,
        key text,
        headers json NOT NULL,
        value bytea,
        PRIMARY KEY (retention_ms, topic_id, p, off, ts)
      ) PARTITION BY LIST (retention_ms);
      COMMENT ON TABLE entry IS 'by retention, then by time: what expired is dropped as a whole table';

      CREATE TABLE compacted_entry (
        topic_id int NOT NULL,
        p smallint NOT NULL,
        off bigint NOT NULL,
        ts timestamptz NOT NULL,
        key text NOT NULL,
        headers json NOT NULL,
        value bytea,
        PRIMARY KEY (topic_id, p, off)
      );

      CREATE TABLE group_partition (
        grp text NOT NULL,
        topic_id int NOT NULL,
        p smallint NOT NULL,
        off bigint,
        member uuid,
        PRIMARY KEY (grp, topic_id, p)
      ) WITH (fillfactor = 30);
      COMMENT ON COLUMN group_partition.off IS 'next offset to read, a hint; null: never stored';
      COMMENT ON COLUMN group_partition.member IS 'who may read the partition, as long as that member lives';

      CREATE TABLE group_member (
        grp text NOT NULL,
        topic_id int NOT NULL,
        member uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (grp, topic_id, member)
      ) WITH (fillfactor = 30);
    `);
    await runner.query(appendFunction);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION append_entries; DROP TABLE group_member, group_partition, compacted_entry, entry, part, topic, log_identity');
  }
}

/**
 * Appends records of any topics: locks their counters in one order, numbers the records, moves the counters
 * and inserts. Values come as one buffer with where each starts and how long it is (-1: null). Returns the
 * counters' new state; raises when a partition does not exist.
 */
const appendFunction = `
  CREATE FUNCTION append_entries(topics int[], ps smallint[], keys text[], headers text[], starts int[], sizes int[], body bytea)
  RETURNS TABLE (topic_id int, p smallint, next_off bigint, last_ts timestamptz) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    numbered bigint;
  BEGIN
    PERFORM 1 FROM part c WHERE (c.topic_id, c.p) IN (SELECT x.t, x.p FROM unnest(topics, ps) x(t, p)) ORDER BY c.topic_id, c.p FOR NO KEY UPDATE;
    RETURN QUERY
      WITH r AS MATERIALIZED (
        SELECT x.*, row_number() OVER (PARTITION BY x.t, x.p ORDER BY x.ord) - 1 AS rn
        FROM unnest(topics, ps, keys, headers, starts, sizes) WITH ORDINALITY x(t, p, k, h, s, n, ord)
      ), u AS (
        UPDATE part c SET next_off = c.next_off + g.n, last_ts = greatest(c.last_ts, clock_timestamp())
        FROM (SELECT r.t, r.p, count(*) AS n FROM r GROUP BY r.t, r.p) g
        WHERE c.topic_id = g.t AND c.p = g.p
        RETURNING c.topic_id, c.p, c.next_off - g.n AS base, c.next_off, c.last_ts
      ), e AS MATERIALIZED (
        SELECT t.compacted, t.retention_ms, r.t, r.p, u.base + r.rn AS off, u.last_ts, r.k, r.h, CASE WHEN r.n >= 0 THEN substr(body, r.s, r.n) END AS v
        FROM r JOIN u ON u.topic_id = r.t AND u.p = r.p JOIN topic t ON t.id = r.t
      ), i AS (
        INSERT INTO entry (retention_ms, topic_id, p, off, ts, key, headers, value)
        SELECT e.retention_ms, e.t, e.p, e.off, e.last_ts, e.k, e.h::json, e.v FROM e WHERE NOT e.compacted RETURNING 1
      ), j AS (
        INSERT INTO compacted_entry (topic_id, p, off, ts, key, headers, value)
        SELECT e.t, e.p, e.off, e.last_ts, e.k, e.h::json, e.v FROM e WHERE e.compacted
      )
      SELECT u.topic_id, u.p, u.next_off, u.last_ts FROM u;
    GET DIAGNOSTICS numbered = ROW_COUNT;
    IF numbered <> (SELECT count(DISTINCT (x.t, x.p)) FROM unnest(topics, ps) x(t, p)) THEN
      RAISE EXCEPTION 'a partition to append to does not exist';
    END IF;
  END $$`;
