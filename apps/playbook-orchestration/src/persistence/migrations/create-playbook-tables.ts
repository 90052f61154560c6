import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePlaybookTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_book (
        account_id text PRIMARY KEY,
        book jsonb NOT NULL
      ) WITH (fillfactor = 80);

      CREATE TABLE known_user (id text PRIMARY KEY, active boolean NOT NULL);

      CREATE TABLE playbook_revision (
        playbook_id text NOT NULL,
        revision integer NOT NULL,
        document jsonb NOT NULL,
        PRIMARY KEY (playbook_id, revision)
      );

      CREATE TABLE playbook_run (
        id uuid PRIMARY KEY,
        account_id text NOT NULL REFERENCES account_book,
        playbook_id text NOT NULL,
        revision integer NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'completed', 'exited', 'failed')),
        started_at timestamptz NOT NULL,
        run jsonb NOT NULL,
        FOREIGN KEY (playbook_id, revision) REFERENCES playbook_revision
      ) WITH (fillfactor = 80);
      CREATE UNIQUE INDEX playbook_run_one_running ON playbook_run (account_id, playbook_id) WHERE state = 'running';
      CREATE INDEX playbook_run_by_account ON playbook_run (account_id, started_at, id);
      CREATE INDEX playbook_run_by_start ON playbook_run (started_at, id);

      CREATE TABLE task (
        id uuid PRIMARY KEY,
        account_id text NOT NULL,
        run_id uuid NOT NULL REFERENCES playbook_run,
        playbook_id text NOT NULL,
        revision integer NOT NULL,
        title text NOT NULL,
        owner_id text,
        due_on date NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'done', 'skipped', 'cancelled')),
        reason text,
        opened_at timestamptz NOT NULL
      );
      CREATE INDEX task_by_account ON task (account_id, due_on, id);
      CREATE INDEX task_by_owner ON task (owner_id, due_on, id);
      CREATE INDEX task_by_due_day ON task (due_on, id);

      CREATE TABLE timer (
        id uuid PRIMARY KEY,
        account_id text NOT NULL,
        run_id uuid,
        due_at timestamptz NOT NULL,
        token bigint NOT NULL DEFAULT 0,
        leased_until timestamptz,
        attempts integer NOT NULL DEFAULT 0
      ) WITH (fillfactor = 80);
      CREATE INDEX timer_by_due_time ON timer (due_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE timer, task, playbook_run, playbook_revision, known_user, account_book');
  }
}
