import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { command, type Desk, type Office } from '../domain/desk.js';
import { tasksOf, type Run, type TaskRecord, type TaskStatus } from '../domain/run.js';
import { Desks } from './desks.js';
import { OrchestrationStore } from './orchestration-store.js';

/** What a person does to a task; left out means left as it is. */
export interface TaskChange {
  readonly status?: Exclude<TaskStatus, 'open'> | undefined;
  readonly reason?: string | null | undefined;
  /** Null: the unassigned queue. */
  readonly ownerId?: string | null | undefined;
}

export type Settled =
  | { readonly outcome: 'changed'; readonly run: Run; readonly task: TaskRecord }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'closed'; readonly status: TaskStatus }
  | { readonly outcome: 'owner_departed' };

/** A person closes a task or hands it to somebody. */
@Injectable()
export class SettleTask {
  constructor(
    private readonly database: Database,
    private readonly store: OrchestrationStore,
    private readonly desks: Desks,
    private readonly clock: Clock,
  ) {}

  /** Closing a task twice in the same way changes nothing; in another way it is refused. */
  settle(taskId: string, change: TaskChange, call: IdempotentCall | null): Promise<Settled> {
    const at = this.clock.now().toISOString();
    return this.database.transaction((tx) =>
      once(tx, call, async (): Promise<Settled> => {
        const place = await this.store.placeOfTask(tx, taskId);
        if (place === null) return { outcome: 'unknown' };
        const { accountId, runId } = place;
        const open = await this.desks.open(tx, [accountId], change.ownerId ? { userIds: [change.ownerId] } : {});
        if (change.ownerId && open.departed.has(change.ownerId)) return { outcome: 'owner_departed' };
        const run = open.desk(accountId).runs.find((running) => running.id === runId) ?? (await this.store.run(tx, runId));
        const task = run && tasksOf(run).find((record) => record.id === taskId);
        if (!run || !task) return { outcome: 'unknown' };
        if (task.state !== 'open') {
          const same = task.state === change.status && (change.ownerId === undefined || change.ownerId === task.ownerId);
          return same ? { outcome: 'changed', run, task } : { outcome: 'closed', status: task.state };
        }
        open.work({ accountId, occasion: { id: taskId, at }, work: (desk, office) => carryOut(desk, run.playbook.id, taskId, change, at, office) });
        await this.desks.save(tx, open);
        const after = open.desk(accountId).runs.find((other) => other.id === run.id) ?? run;
        return { outcome: 'changed', run: after, task: tasksOf(after).find((record) => record.id === taskId) ?? task };
      }),
    );
  }
}

function carryOut(desk: Desk, playbookId: string, taskId: string, change: TaskChange, at: string, office: Office): Desk {
  const { status, reason = null, ownerId } = change;
  const assigned = ownerId === undefined ? desk : command(desk, playbookId, { type: 'assign-task', taskId, ownerId, at }, office);
  return status === undefined ? assigned : command(assigned, playbookId, { type: 'close-task', taskId, status, reason, at }, office);
}
