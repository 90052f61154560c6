import { runId, threadId } from './ids.js';
import { dueDay, waitEnd } from './planning.js';
import { stepNamed } from './playbook-document.js';
import { recorder, type Recorder } from './recorder.js';
import type { RunCommand, RunSetting } from './run-commands.js';
import type { RunEvent } from './run-events.js';
import { activeThread, findStep, tasksOf, type Facts, type RunState, type Thread } from './run.js';
import { isThrough, ownTrack, walk } from './walk.js';

/** Outcome of a save-plan review's reason once a person closed its task. */
export const decided = 'decided';

/**
 * What `command` does to a run, as events; none when it changes nothing (a trigger told twice, a timer that
 * was planned anew, a closed task). A run that has ended takes no commands. Pure: time is in the command.
 */
export function decide(command: RunCommand, state: RunState, setting: RunSetting): readonly RunEvent[] {
  if (state !== null && state.state !== 'running') return [];
  if (state === null && command.type !== 'raise-reason') return [];
  const on = recorder(state);
  switch (command.type) {
    case 'raise-reason':
      raise(on, command, setting);
      break;
    case 'clear-reason': {
      const thread = activeThread(state, command.track, command.subject);
      if (thread) clear(on, thread, command, setting);
      break;
    }
    case 'end-wait':
      endWait(on, command, setting);
      break;
    case 'close-task':
      closeTask(on, command, setting);
      break;
    case 'assign-task': {
      const found = findStep(state, command.taskId)?.record;
      if (found?.kind === 'task' && found.state === 'open' && found.ownerId !== command.ownerId) on.emit({ type: 'task-assigned', id: found.id, ownerId: command.ownerId, at: command.at });
      break;
    }
    case 'hand-over':
      for (const task of tasksOf(on.run())) {
        if (task.state === 'open' && task.ownerId === command.from && command.from !== command.to) on.emit({ type: 'task-assigned', id: task.id, ownerId: command.to, at: command.at });
      }
      break;
    case 'plan-again':
      for (const thread of on.run().threads) planAgain(on, thread.id, setting, command.at);
      break;
    case 'fail':
      closeAll(on, on.run().threads, 'cancelled', command.outcome, command.at);
      on.emit({ type: 'run-ended', state: 'failed', outcome: command.outcome, at: command.at });
      break;
  }
  return on.events;
}

function raise(on: Recorder, command: Extract<RunCommand, { type: 'raise-reason' }>, setting: RunSetting): void {
  const { accountId, track, subject, at, triggerId, trigger } = command;
  const active = activeThread(on.state(), track, subject);
  if (active) {
    const facts = merge(active.facts, command.facts);
    if (JSON.stringify(facts) === JSON.stringify(active.facts)) return;
    on.emit({ type: 'reason-changed', thread: active.id, facts, at });
    return planAgain(on, active.id, setting, at);
  }
  if (!command.mayStart) return;
  if (on.state() === null) {
    const { id, revision } = setting.document;
    on.emit({ type: 'run-started', id: runId(accountId, id, triggerId), accountId, playbook: { id, revision }, trigger, at });
  }
  const run = on.run();
  const occurrence = 1 + run.threads.filter((thread) => thread.track === track && thread.subject === subject).length;
  const id = threadId(run.id, track, subject, occurrence);
  on.emit({ type: 'reason-raised', thread: id, track, subject, facts: merge({}, command.facts), on: setting.calendar.dayOf(at), at });
  walk(on, id, setting, at);
}

function clear(on: Recorder, thread: Thread, command: Extract<RunCommand, { type: 'clear-reason' }>, setting: RunSetting): void {
  // An indicator that is gone means that the work asked for was done, whoever did it.
  const status = ownTrack(thread, setting).trigger.on === 'indicator' ? 'done' : 'cancelled';
  closeAll(on, [thread], status, command.because, command.at);
  on.emit({ type: 'reason-cleared', thread: thread.id, outcome: command.outcome, at: command.at });
  endIfNothingHolds(on, command.outcome, setting, command.at);
}

function endWait(on: Recorder, command: Extract<RunCommand, { type: 'end-wait' }>, setting: RunSetting): void {
  const found = findStep(on.state(), command.waitId);
  if (found?.record.kind !== 'wait' || found.record.state !== 'waiting' || found.record.until > command.at) return;
  on.emit({ type: 'wait-ended', id: found.record.id, state: 'elapsed', at: command.at });
  walk(on, found.thread.id, setting, command.at);
}

function closeTask(on: Recorder, command: Extract<RunCommand, { type: 'close-task' }>, setting: RunSetting): void {
  const found = findStep(on.state(), command.taskId);
  if (found?.record.kind !== 'task' || found.record.state !== 'open') return;
  const { record, thread } = found;
  on.emit({ type: 'task-closed', id: record.id, status: command.status, reason: command.reason, at: command.at });
  walk(on, thread.id, setting, command.at);
  const { trigger } = ownTrack(thread, setting);
  if (trigger.on !== 'savePlanReview' || trigger.decision !== record.step || thread.cleared !== null) return;
  on.emit({ type: 'reason-cleared', thread: thread.id, outcome: decided, at: command.at });
  endIfNothingHolds(on, decided, setting, command.at);
}

/** Moves what is still open to the dates that follow from the facts and the calendar as they are now. */
function planAgain(on: Recorder, id: string, setting: RunSetting, at: string): void {
  const thread = on.thread(id);
  const track = ownTrack(thread, setting);
  for (const record of thread.steps) {
    const step = stepNamed(track, record.step);
    if (record.kind === 'task' && record.state === 'open' && step?.kind === 'task') {
      const dueOn = dueDay(step.due, thread, setting.calendar.dayOf(record.openedAt), setting.calendar);
      if (dueOn !== record.dueOn) on.emit({ type: 'task-replanned', id: record.id, dueOn, at });
    }
    if (record.kind === 'wait' && record.state === 'waiting' && step?.kind === 'wait') {
      const until = waitEnd(step.until, thread, record.at, setting.calendar);
      if (until !== record.until) on.emit({ type: 'wait-replanned', id: record.id, until, at });
      if (until <= at) on.emit({ type: 'wait-ended', id: record.id, state: 'elapsed', at });
    }
  }
  walk(on, id, setting, at);
}

function closeAll(on: Recorder, threads: readonly Thread[], status: 'done' | 'cancelled', because: string, at: string): void {
  for (const record of threads.flatMap((thread) => thread.steps)) {
    if (record.kind === 'task' && record.state === 'open') on.emit({ type: 'task-closed', id: record.id, status, reason: because, at });
    if (record.kind === 'wait' && record.state === 'waiting') on.emit({ type: 'wait-ended', id: record.id, state: 'cancelled', at });
  }
}

/** A run lasts as long as one of its reasons; it is completed when every step of every reason was taken. */
function endIfNothingHolds(on: Recorder, outcome: string, setting: RunSetting, at: string): void {
  const { threads } = on.run();
  if (threads.some((thread) => thread.cleared === null)) return;
  // A decided review may leave tasks that were opened because of it.
  closeAll(on, threads, 'cancelled', outcome, at);
  const through = on.run().threads.every((thread) => isThrough(thread, setting));
  on.emit({ type: 'run-ended', state: through ? 'completed' : 'exited', outcome, at });
}

/** New facts win; strike groups only grow while the reason holds, so that a flickering one opens no second review. */
function merge(old: Facts, fresh: Facts): Facts {
  const groups = [...new Set([...(old.groups ?? []), ...(fresh.groups ?? [])])].sort();
  return { ...old, ...fresh, ...(groups.length > 0 && { groups }) };
}
