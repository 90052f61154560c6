import { calendarOf, type Desk, type Office } from './desk.js';
import { goLiveTimerId } from './ids.js';
import { pendingWaits, tasksOf, type Run, type TaskRecord } from './run.js';

/** A moment at which the account has to be looked at again. */
export interface Timer {
  readonly id: string;
  readonly accountId: string;
  /** Null: the look on the day the account goes live. */
  readonly runId: string | null;
  readonly dueAt: string;
}

/** What has to be stored and told after work at a desk. */
export interface DeskChanges {
  readonly bookChanged: boolean;
  readonly reviewsChanged: boolean;
  readonly runs: readonly Run[];
  readonly tasks: readonly { readonly run: Run; readonly task: TaskRecord }[];
  readonly timers: { readonly set: readonly Timer[]; readonly drop: readonly string[] };
}

/** The difference between two states of a desk, at business time `at`. */
export function changesOf(before: Desk, after: Desk, at: string, office: Office): DeskChanges {
  const runs = after.runs.filter((run) => !before.runs.includes(run));
  const known = new Set(before.runs.flatMap(tasksOf));
  const timers = difference(timersOf(before, at, office), timersOf(after, at, office));
  return {
    bookChanged: after.book !== before.book,
    reviewsChanged: JSON.stringify(after.book.reviews) !== JSON.stringify(before.book.reviews),
    runs,
    tasks: runs.flatMap((run) => tasksOf(run).filter((task) => !known.has(task)).map((task) => ({ run, task }))),
    timers,
  };
}

function timersOf(desk: Desk, at: string, office: Office): Map<string, Timer> {
  const { accountId, goLive } = desk.book;
  const running = desk.runs.filter((run) => run.state === 'running');
  const waits = running.flatMap((run) => pendingWaits(run).map((wait) => ({ id: wait.id, accountId, runId: run.id, dueAt: wait.until })));
  const calendar = calendarOf(desk, office);
  const look = goLive !== null && goLive > calendar.dayOf(at) ? [{ id: goLiveTimerId(accountId), accountId, runId: null, dueAt: calendar.startOf(goLive) }] : [];
  return new Map([...waits, ...look].map((timer) => [timer.id, timer]));
}

function difference(before: ReadonlyMap<string, Timer>, after: ReadonlyMap<string, Timer>): DeskChanges['timers'] {
  return {
    set: [...after.values()].filter((timer) => before.get(timer.id)?.dueAt !== timer.dueAt),
    drop: [...before.keys()].filter((id) => !after.has(id)),
  };
}
