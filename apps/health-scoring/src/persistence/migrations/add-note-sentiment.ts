import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddNoteSentiment1700000000081 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was read of each note: words of the list and figures, never its text. The signals can tell it again.
      CREATE TABLE note_sentiment (
        account_id text NOT NULL,
        signal_id text NOT NULL,
        person_id text,
        at timestamptz NOT NULL,
        sentiment text NOT NULL,
        reading jsonb NOT NULL,
        PRIMARY KEY (account_id, signal_id)
      );
      CREATE INDEX note_sentiment_by_time ON note_sentiment (account_id, at, signal_id);

      -- What people said of notes, the newest last; without a sentiment it was taken back.
      CREATE TABLE note_correction (
        n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id text NOT NULL,
        signal_id text NOT NULL,
        note_at timestamptz NOT NULL,
        person_id text,
        sentiment text,
        reason text NOT NULL,
        by text NOT NULL,
        at timestamptz NOT NULL
      );
      CREATE INDEX note_correction_by_note ON note_correction (signal_id, note_at, n);
      CREATE INDEX note_correction_by_account ON note_correction (account_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE note_correction, note_sentiment');
  }
}
