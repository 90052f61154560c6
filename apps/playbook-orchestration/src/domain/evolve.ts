import type { RunEvent } from './run-events.js';
import type { Run, RunState, StepRecord, TaskRecord, Thread, WaitRecord } from './run.js';

/** The run after `event`. Events that do not fit the state (unknown step, no run) change nothing. */
export function evolve(state: RunState, event: RunEvent): RunState {
  if (event.type === 'run-started') {
    const { id, accountId, playbook, trigger, at } = event;
    return state ?? { id, accountId, playbook, trigger, state: 'running', outcome: null, startedAt: at, updatedAt: at, endedAt: null, threads: [] };
  }
  if (state === null) return null;
  return { ...change(state, event), updatedAt: event.at };
}

function change(run: Run, event: Exclude<RunEvent, { type: 'run-started' }>): Run {
  switch (event.type) {
    case 'reason-raised': {
      const { thread: id, track, subject, facts, on: raisedOn, at: raisedAt } = event;
      return { ...run, threads: [...run.threads, { id, track, subject, facts, raisedAt, raisedOn, cleared: null, steps: [] }] };
    }
    case 'reason-changed':
      return withThread(run, event.thread, (thread) => ({ ...thread, facts: event.facts }));
    case 'reason-cleared':
      return withThread(run, event.thread, (thread) => ({ ...thread, cleared: { at: event.at, outcome: event.outcome } }));
    case 'task-opened': {
      const { id, step, title, ownerId, dueOn, at } = event;
      return withStep(run, event.thread, { id, step, kind: 'task', state: 'open', title, ownerId, dueOn, openedAt: at, reason: null, at });
    }
    case 'task-replanned':
      return withTask(run, event.id, (task) => ({ ...task, dueOn: event.dueOn }));
    case 'task-assigned':
      return withTask(run, event.id, (task) => ({ ...task, ownerId: event.ownerId }));
    case 'task-closed':
      return withTask(run, event.id, (task) => ({ ...task, state: event.status, reason: event.reason, at: event.at }));
    case 'wait-started': {
      const { id, step, until, at } = event;
      return withStep(run, event.thread, { id, step, kind: 'wait', state: 'waiting', until, at });
    }
    case 'wait-replanned':
      return withWait(run, event.id, (wait) => ({ ...wait, until: event.until }));
    case 'wait-ended':
      return withWait(run, event.id, (wait) => ({ ...wait, state: event.state, at: event.at }));
    case 'branch-taken': {
      const { id, step, arm, target, at } = event;
      return withStep(run, event.thread, { id, step, kind: 'branch', state: 'taken', arm, target, at });
    }
    case 'run-ended':
      return { ...run, state: event.state, outcome: event.outcome, endedAt: event.at };
  }
}

function withThread(run: Run, id: string, update: (thread: Thread) => Thread): Run {
  return { ...run, threads: run.threads.map((thread) => (thread.id === id ? update(thread) : thread)) };
}

function withStep(run: Run, threadId: string, record: StepRecord): Run {
  return withThread(run, threadId, (thread) => ({ ...thread, steps: [...thread.steps, record] }));
}

function withRecord(run: Run, id: string, update: (record: StepRecord) => StepRecord): Run {
  const threads = run.threads.map((thread) =>
    thread.steps.some((step) => step.id === id) ? { ...thread, steps: thread.steps.map((step) => (step.id === id ? update(step) : step)) } : thread,
  );
  return { ...run, threads };
}

function withTask(run: Run, id: string, update: (task: TaskRecord) => TaskRecord): Run {
  return withRecord(run, id, (record) => (record.kind === 'task' ? update(record) : record));
}

function withWait(run: Run, id: string, update: (wait: WaitRecord) => WaitRecord): Run {
  return withRecord(run, id, (record) => (record.kind === 'wait' ? update(record) : record));
}
