import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotificationTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (id text PRIMARY KEY, name text, owner_id text);

      CREATE TABLE announced_risk_change (
        account_id text NOT NULL,
        version bigint NOT NULL,
        announced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (account_id, version)
      );
      CREATE INDEX announced_risk_change_by_age ON announced_risk_change (announced_at);

      CREATE TABLE webhook_endpoint (
        id uuid PRIMARY KEY,
        url text NOT NULL,
        event_types text[] NOT NULL,
        secret text NOT NULL,
        state text NOT NULL CONSTRAINT webhook_endpoint_state CHECK (state IN ('active', 'disabled')),
        disabled_reason text,
        disabled_at timestamptz,
        consecutive_failures integer NOT NULL,
        failing_since timestamptz,
        held_until timestamptz,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE webhook_message (
        id text PRIMARY KEY,
        event_type text NOT NULL,
        account_id text,
        body text NOT NULL,
        traceparent text,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE webhook_delivery (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        endpoint_id uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
        message_id text NOT NULL REFERENCES webhook_message,
        state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'disabled')),
        attempts jsonb NOT NULL DEFAULT '[]',
        tried integer NOT NULL DEFAULT 0,
        next_at timestamptz,
        lease_until timestamptz,
        lease_token uuid
      );
      CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_at, seq) WHERE state = 'pending';
      CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (endpoint_id, seq DESC);
      CREATE INDEX webhook_delivery_by_message ON webhook_delivery (message_id);

      CREATE TABLE inbox_item (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        audience text NOT NULL,
        kind text NOT NULL,
        account_id text,
        title text NOT NULL,
        created_at timestamptz NOT NULL,
        read_at timestamptz
      );
      CREATE INDEX inbox_item_by_audience ON inbox_item (audience, seq DESC);

      CREATE TABLE stream_position (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), last_id bigint NOT NULL);
      INSERT INTO stream_position (last_id) VALUES (0);
      CREATE TABLE stream_event (id bigint PRIMARY KEY, type text NOT NULL, data text NOT NULL, created_at timestamptz NOT NULL);
      CREATE INDEX stream_event_by_age ON stream_event (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stream_event, stream_position, inbox_item, webhook_delivery, webhook_message, webhook_endpoint, announced_risk_change, account');
  }
}
