import type { Facts, RunStatus, TaskStatus } from './run.js';

/** Everything that can happen to a run. `at` is business time (RFC 3339, UTC). */
export type RunEvent =
  | { readonly type: 'run-started'; readonly id: string; readonly accountId: string; readonly playbook: { readonly id: string; readonly revision: number }; readonly trigger: string; readonly at: string }
  | { readonly type: 'reason-raised'; readonly thread: string; readonly track: string; readonly subject: string; readonly facts: Facts; readonly on: string; readonly at: string }
  | { readonly type: 'reason-changed'; readonly thread: string; readonly facts: Facts; readonly at: string }
  | { readonly type: 'reason-cleared'; readonly thread: string; readonly outcome: string; readonly at: string }
  | { readonly type: 'task-opened'; readonly thread: string; readonly id: string; readonly step: string; readonly title: string; readonly ownerId: string | null; readonly dueOn: string; readonly at: string }
  | { readonly type: 'task-replanned'; readonly id: string; readonly dueOn: string; readonly at: string }
  | { readonly type: 'task-assigned'; readonly id: string; readonly ownerId: string | null; readonly at: string }
  | { readonly type: 'task-closed'; readonly id: string; readonly status: Exclude<TaskStatus, 'open'>; readonly reason: string | null; readonly at: string }
  | { readonly type: 'wait-started'; readonly thread: string; readonly id: string; readonly step: string; readonly until: string; readonly at: string }
  | { readonly type: 'wait-replanned'; readonly id: string; readonly until: string; readonly at: string }
  | { readonly type: 'wait-ended'; readonly id: string; readonly state: 'elapsed' | 'cancelled'; readonly at: string }
  | { readonly type: 'branch-taken'; readonly thread: string; readonly id: string; readonly step: string; readonly arm: string; readonly target: string; readonly at: string }
  | { readonly type: 'run-ended'; readonly state: Exclude<RunStatus, 'running'>; readonly outcome: string; readonly at: string };
