import { Injectable } from '@nestjs/common';
import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { Transaction } from '@perennial/persistence/transaction';
import { eraseWords, type WordedRows } from '@perennial/service-kit/erase-words';
import { OrchestrationStore, type StoredChanges } from '../application/orchestration-store.js';
import { newBook, type AccountBook } from '../domain/account-book.js';
import type { Desk } from '../domain/desk.js';
import type { Run } from '../domain/run.js';

interface BookRow {
  readonly account_id: string;
  readonly book: AccountBook;
}

interface RunRow {
  readonly account_id: string;
  readonly run: Run;
}

const worded: readonly WordedRows[] = [
  { table: 'playbook_run', key: 'id', keyType: 'uuid', ofAccount: `account_id = $1 AND state <> 'running'`, columns: { run: 'jsonb' } },
  { table: 'task', key: 'id', keyType: 'uuid', ofAccount: 'account_id = $1', columns: { title: 'sentence', reason: 'sentence' } },
];

@Injectable()
export class PostgresOrchestrationStore extends OrchestrationStore {
  async open(tx: Transaction, accountIds: readonly string[]): Promise<Desk[]> {
    const found = await this.lockWithRuns(tx, accountIds);
    const known = new Set(found.books.map((row) => row.account_id));
    const fresh = accountIds.filter((id) => !known.has(id));
    const made = fresh.length === 0 ? { books: [], runs: [] } : await this.makeBooks(tx, fresh);
    // A run of a book that was not there yet is read with the book.
    const runs = Map.groupBy([...found.runs.filter((row) => known.has(row.account_id)), ...made.runs], (row) => row.account_id);
    return [...found.books, ...made.books].map(({ account_id, book }) => ({ book, runs: (runs.get(account_id) ?? []).map((row) => row.run) }));
  }

  async save(tx: Transaction, changes: StoredChanges): Promise<void> {
    const { books, runs, timers } = changes;
    const sent: Promise<unknown>[] = [];
    if (books.length > 0) {
      sent.push(tx.query({
        name: 'save-books',
        text: 'UPDATE account_book b SET book = c.book FROM unnest($1::text[], $2::jsonb[]) AS c (account_id, book) WHERE b.account_id = c.account_id',
        values: [books.map((book) => book.accountId), books.map((book) => JSON.stringify(book))],
      }));
    }
    if (runs.length > 0) sent.push(this.saveRuns(tx, runs));
    if (changes.tasks.length > 0) sent.push(this.saveTasks(tx, changes.tasks));
    if (timers.drop.length > 0) sent.push(tx.query({ name: 'drop-timers', text: 'DELETE FROM timer WHERE id = ANY($1::uuid[])', values: [timers.drop] }));
    if (timers.set.length > 0) {
      // A new plan takes the timer from whoever holds it: its token no longer fits.
      sent.push(tx.query({
        name: 'set-timers',
        text: `INSERT INTO timer (id, account_id, run_id, due_at) SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
               ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, token = timer.token + 1, leased_until = NULL, attempts = 0`,
        values: [timers.set.map((timer) => timer.id), timers.set.map((timer) => timer.accountId), timers.set.map((timer) => timer.runId), timers.set.map((timer) => timer.dueAt)],
      }));
    }
    await Promise.all(sent);
  }

  async departedAmong(tx: Transaction, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (userIds.length === 0) return new Set();
    const rows = await tx.query<{ id: string; active: boolean }>({
      name: 'users-for-share',
      text: 'SELECT id, active FROM known_user WHERE id = ANY($1::text[]) ORDER BY id FOR SHARE',
      values: [userIds],
    });
    return new Set(rows.filter((row) => !row.active).map((row) => row.id));
  }

  async saveUsers(tx: Transaction, users: readonly { readonly id: string; readonly active: boolean }[]): Promise<void> {
    const sorted = [...users].sort((a, b) => (a.id < b.id ? -1 : 1));
    await tx.query({
      name: 'save-users',
      text: `INSERT INTO known_user (id, active) SELECT * FROM unnest($1::text[], $2::boolean[])
             ON CONFLICT (id) DO UPDATE SET active = excluded.active WHERE known_user.active <> excluded.active`,
      values: [sorted.map((user) => user.id), sorted.map((user) => user.active)],
    });
  }

  async accountsWithTasksOf(tx: Transaction, userIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ account_id: string }>({
      name: 'accounts-with-tasks-of',
      text: `SELECT DISTINCT account_id FROM task WHERE owner_id = ANY($1::text[]) AND status = 'open'`,
      values: [userIds],
    });
    return rows.map((row) => row.account_id);
  }

  async placeOfTask(tx: Transaction, taskId: string): Promise<{ accountId: string; runId: string } | null> {
    const [row] = await tx.query<{ account_id: string; run_id: string }>({ name: 'place-of-task', text: 'SELECT account_id, run_id FROM task WHERE id = $1', values: [taskId] });
    return row ? { accountId: row.account_id, runId: row.run_id } : null;
  }

  async forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void> {
    for (const rows of worded) await eraseWords(tx, rows, accountId, words);
  }

  async run(tx: Transaction, runId: string): Promise<Run | null> {
    const [row] = await tx.query<{ run: Run }>({ name: 'run-by-id', text: 'SELECT run FROM playbook_run WHERE id = $1', values: [runId] });
    return row?.run ?? null;
  }

  /** The runs by a statement of its own behind the lock: it sees what was committed while the lock was waited for. */
  private async lockWithRuns(tx: Transaction, accountIds: readonly string[]): Promise<{ books: BookRow[]; runs: RunRow[] }> {
    const [books, runs] = await Promise.all([
      tx.query<BookRow>({
        name: 'lock-books',
        text: 'SELECT account_id, book FROM unnest($1::text[]) AS asked (account_id) JOIN account_book b USING (account_id) ORDER BY b.account_id FOR NO KEY UPDATE OF b',
        values: [accountIds],
      }),
      tx.query<RunRow>({
        name: 'running-runs',
        text: `SELECT account_id, run FROM unnest($1::text[]) AS asked (account_id) JOIN playbook_run USING (account_id) WHERE state = 'running' ORDER BY started_at, id`,
        values: [accountIds],
      }),
    ]);
    return { books, runs };
  }

  /** Books of accounts that had none. Somebody else may make them at the same moment, and start runs. */
  private async makeBooks(tx: Transaction, accountIds: readonly string[]): Promise<{ books: BookRow[]; runs: RunRow[] }> {
    const [, made] = await Promise.all([
      tx.query({
        name: 'new-books',
        text: 'INSERT INTO account_book (account_id, book) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT DO NOTHING',
        values: [accountIds, accountIds.map((id) => JSON.stringify(newBook(id)))],
      }),
      this.lockWithRuns(tx, accountIds),
    ]);
    return made;
  }

  private async saveRuns(tx: Transaction, runs: readonly Run[]): Promise<void> {
    await tx.query({
      name: 'save-runs',
      text: `INSERT INTO playbook_run (id, account_id, playbook_id, revision, state, started_at, run)
             SELECT id, account_id, playbook_id, revision, state, started_at, run
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::timestamptz[], $7::jsonb[])
               WITH ORDINALITY AS c (id, account_id, playbook_id, revision, state, started_at, run, place)
             ORDER BY place
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, run = excluded.run`,
      values: [
        runs.map((run) => run.id), runs.map((run) => run.accountId), runs.map((run) => run.playbook.id), runs.map((run) => run.playbook.revision),
        runs.map((run) => run.state), runs.map((run) => run.startedAt), runs.map((run) => JSON.stringify(run)),
      ],
    });
  }

  private async saveTasks(tx: Transaction, tasks: StoredChanges['tasks']): Promise<void> {
    await tx.query({
      name: 'save-tasks',
      text: `INSERT INTO task (id, account_id, run_id, playbook_id, revision, title, owner_id, due_on, status, reason, opened_at)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::date[], $9::text[], $10::text[], $11::timestamptz[])
             ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, due_on = excluded.due_on, status = excluded.status, reason = excluded.reason`,
      values: [
        tasks.map(({ task }) => task.id), tasks.map(({ run }) => run.accountId), tasks.map(({ run }) => run.id), tasks.map(({ run }) => run.playbook.id),
        tasks.map(({ run }) => run.playbook.revision), tasks.map(({ task }) => task.title), tasks.map(({ task }) => task.ownerId), tasks.map(({ task }) => task.dueOn),
        tasks.map(({ task }) => task.state), tasks.map(({ task }) => task.reason), tasks.map(({ task }) => task.openedAt),
      ],
    });
  }
}
