import type { Run } from '../domain/run.js';
import type { RunChanged, TaskChanged } from '@perennial/contracts/playbook';

export type TaskRow = Omit<TaskChanged, 'version'>;
export type RunRow = Omit<RunChanged, 'version'> & { readonly updatedAt: Run['updatedAt'] };

export interface Page {
  readonly limit: number;
  /** Id of the last row seen. */
  readonly after: string | null;
}

export interface TaskFilter {
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly status: TaskRow['status'] | null;
}

/** What people look at: runs and tasks, read only. */
export abstract class WorkList {
  /** Newest first. */
  abstract runs(accountId: string | null, page: Page): Promise<RunRow[]>;
  abstract run(id: string): Promise<RunRow | null>;
  /** Those due soonest first. */
  abstract tasks(filter: TaskFilter, page: Page): Promise<TaskRow[]>;
  abstract task(id: string): Promise<TaskRow | null>;
}
