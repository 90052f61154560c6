/** What a thread knows of its reason: read by branches, titles and due dates. */
export interface Facts {
  /** Risk level at the latest trigger. */
  readonly riskLevel?: string;
  /** Cause group named first by the latest trigger. */
  readonly leadingCause?: string;
  /** Indicator kind. */
  readonly indicator?: string;
  /** Strike groups the save-plan review is about. */
  readonly groups?: readonly string[];
  /** Last day the customer can still say no. */
  readonly noticeOn?: string;
  /** The reason in words. */
  readonly text?: string;
}

export type TaskStatus = 'open' | 'done' | 'skipped' | 'cancelled';

interface StepBase {
  /** UUIDv5 of thread and step; the task's or timer's id. */
  readonly id: string;
  /** Id of the step in the playbook. */
  readonly step: string;
  /** When it got its present state. */
  readonly at: string;
}
export interface TaskRecord extends StepBase {
  readonly kind: 'task';
  readonly state: TaskStatus;
  readonly title: string;
  readonly ownerId: string | null;
  readonly dueOn: string;
  readonly openedAt: string;
  readonly reason: string | null;
}
export interface WaitRecord extends StepBase {
  readonly kind: 'wait';
  readonly state: 'waiting' | 'elapsed' | 'cancelled';
  /** Business time at which it falls due. */
  readonly until: string;
}
export interface BranchRecord extends StepBase {
  readonly kind: 'branch';
  readonly state: 'taken';
  /** The fact it went by, e.g. `use`. */
  readonly arm: string;
  readonly target: string;
}
export type StepRecord = TaskRecord | WaitRecord | BranchRecord;

/** One reason of the run walking the steps of its track. */
export interface Thread {
  readonly id: string;
  readonly track: string;
  /** What the reason is about: `risk`, an indicator kind, a renewal id. */
  readonly subject: string;
  readonly raisedAt: string;
  /** The same as a day of the account: business days are counted from it. */
  readonly raisedOn: string;
  readonly facts: Facts;
  /** Null while the reason holds. */
  readonly cleared: { readonly at: string; readonly outcome: string } | null;
  readonly steps: readonly StepRecord[];
}

export type RunStatus = 'running' | 'completed' | 'exited' | 'failed';

/** One account going through one playbook, at the revision it started with. */
export interface Run {
  readonly id: string;
  readonly accountId: string;
  readonly playbook: { readonly id: string; readonly revision: number };
  readonly trigger: string;
  readonly state: RunStatus;
  readonly outcome: string | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly threads: readonly Thread[];
}

/** Null until started. */
export type RunState = Run | null;

export const initialState = (): RunState => null;

/** The thread in which a reason holds now. */
export function activeThread(run: RunState, track: string, subject: string): Thread | undefined {
  return run?.threads.find((thread) => thread.cleared === null && thread.track === track && thread.subject === subject);
}

/** The thread and record of a step by its id. */
export function findStep(run: RunState, stepId: string): { thread: Thread; record: StepRecord } | undefined {
  for (const thread of run?.threads ?? []) {
    const record = thread.steps.find((step) => step.id === stepId);
    if (record) return { thread, record };
  }
  return undefined;
}

export function tasksOf(run: Run): TaskRecord[] {
  return run.threads.flatMap((thread) => thread.steps.filter((step) => step.kind === 'task'));
}

/** Waits that have not ended. */
export function pendingWaits(run: Run): WaitRecord[] {
  return run.threads.flatMap((thread) => thread.steps.filter((step) => step.kind === 'wait')).filter((wait) => wait.state === 'waiting');
}
