import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddImportQuestions1700000000094 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Imports that changed many contacts at once, and what a person says of them. Not derived: a rebuild keeps them.
      CREATE TABLE import_question (
        import_id text PRIMARY KEY,
        contacts_known integer NOT NULL,
        contacts_changed integer NOT NULL,
        asked_at timestamptz NOT NULL,
        answer text CHECK (answer IN ('real', 'clean_up')),
        reason text,
        answered_by text,
        answered_at timestamptz,
        CHECK ((answer IS NULL) = (reason IS NULL) AND (answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL))
      );
      CREATE INDEX import_question_by_time ON import_question (asked_at DESC, import_id DESC);
      -- Accounts that were looked at without what such an import says, and are to be looked at once it is answered for.
      CREATE TABLE import_question_account (
        import_id text NOT NULL REFERENCES import_question ON DELETE CASCADE,
        account_id text NOT NULL,
        PRIMARY KEY (import_id, account_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE import_question_account, import_question');
  }
}
