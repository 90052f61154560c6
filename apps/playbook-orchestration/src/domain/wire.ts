import type { PlansState, RunChanged, TaskChanged } from '@perennial/contracts/playbook';
import type { AccountBook } from './account-book.js';
import type { Run, TaskRecord } from './run.js';

/** A run as it is published and answered: the steps reason by reason, in the order they were reached. */
export function runOnWire(run: Run): Omit<RunChanged, 'version'> {
  const { id, accountId, playbook, trigger, state, outcome, startedAt, endedAt } = run;
  const steps = run.threads.flatMap((thread) => thread.steps).map((step) => ({ id: step.id, kind: step.kind, state: step.state, at: step.at }));
  return { id, accountId, playbook, trigger, state, outcome, steps, startedAt, endedAt };
}

/** A task as it is published and answered. */
export function taskOnWire(run: Run, task: TaskRecord): Omit<TaskChanged, 'version'> {
  const { id, title, ownerId, dueOn, state: status, reason } = task;
  return { id, accountId: run.accountId, runId: run.id, playbook: run.playbook, title, ownerId, dueOn, status, reason };
}

/** All plans of an account: today its save-plan reviews. */
export function plansOnWire(book: AccountBook): Omit<PlansState, 'version'> {
  const savePlanReviews = book.reviews.map(({ id, state, groups, openedAt, decidedAt, decision }) => ({ id, state, groups: groups as PlansState['savePlanReviews'][number]['groups'], openedAt, decidedAt, decision }));
  return { accountId: book.accountId, savePlanReviews };
}
