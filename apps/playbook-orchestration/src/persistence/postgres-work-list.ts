import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { WorkList, type Page, type RunRow, type TaskFilter, type TaskRow } from '../application/work-list.js';
import type { Run } from '../domain/run.js';
import { runOnWire } from '../domain/wire.js';

const taskColumns = `id, account_id, run_id, playbook_id, revision, title, owner_id, to_char(due_on, 'YYYY-MM-DD') AS due_on, status, reason`;

interface TaskColumns {
  id: string;
  account_id: string;
  run_id: string;
  playbook_id: string;
  revision: number;
  title: string;
  owner_id: string | null;
  due_on: string;
  status: TaskRow['status'];
  reason: string | null;
}

@Injectable()
export class PostgresWorkList extends WorkList {
  constructor(private readonly database: Database) {
    super();
  }

  async runs(accountId: string | null, page: Page): Promise<RunRow[]> {
    const where = new Conditions();
    if (accountId !== null) where.add((p) => `account_id = ${p}`, accountId);
    if (page.after !== null) where.add((p) => `(started_at, id) < (SELECT started_at, id FROM playbook_run WHERE id = ${p}::uuid)`, page.after);
    const rows = await this.database.query<{ run: Run }>({ text: `SELECT run FROM playbook_run ${where.text} ORDER BY started_at DESC, id DESC LIMIT ${where.value(page.limit)}`, values: where.values });
    return rows.map(({ run }) => asRow(run));
  }

  async run(id: string): Promise<RunRow | null> {
    const [row] = await this.database.query<{ run: Run }>({ name: 'read-run', text: 'SELECT run FROM playbook_run WHERE id = $1', values: [id] });
    return row ? asRow(row.run) : null;
  }

  async tasks(filter: TaskFilter, page: Page): Promise<TaskRow[]> {
    const where = new Conditions();
    if (filter.accountId !== null) where.add((p) => `account_id = ${p}`, filter.accountId);
    if (filter.ownerId !== null) where.add((p) => `owner_id = ${p}`, filter.ownerId);
    if (filter.status !== null) where.add((p) => `status = ${p}`, filter.status);
    if (page.after !== null) where.add((p) => `(task.due_on, id) > (SELECT t.due_on, t.id FROM task t WHERE t.id = ${p}::uuid)`, page.after);
    const rows = await this.database.query<TaskColumns>({ text: `SELECT ${taskColumns} FROM task ${where.text} ORDER BY task.due_on, id LIMIT ${where.value(page.limit)}`, values: where.values });
    return rows.map(asTask);
  }

  async task(id: string): Promise<TaskRow | null> {
    const [row] = await this.database.query<TaskColumns>({ name: 'read-task', text: `SELECT ${taskColumns} FROM task WHERE id = $1`, values: [id] });
    return row ? asTask(row) : null;
  }
}

/** Conditions that apply, with their values as parameters. */
class Conditions {
  readonly values: unknown[] = [];
  private readonly parts: string[] = [];

  get text(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`;
  }

  add(condition: (placeholder: string) => string, value: unknown): void {
    this.parts.push(condition(this.value(value)));
  }

  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

function asRow(run: Run): RunRow {
  return { ...runOnWire(run), updatedAt: run.updatedAt };
}

function asTask(row: TaskColumns): TaskRow {
  return {
    id: row.id, accountId: row.account_id, runId: row.run_id, playbook: { id: row.playbook_id, revision: row.revision },
    title: row.title, ownerId: row.owner_id, dueOn: row.due_on, status: row.status, reason: row.reason,
  };
}
