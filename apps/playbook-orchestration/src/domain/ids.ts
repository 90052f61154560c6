import { parse, v5 } from 'uuid';

/** Namespace of all ids of this service (a random UUID, fixed for ever: other values would double runs and tasks). */
const namespace = parse('5d0f2a8e-6f0b-4c53-9a53-0e3b4f6f1d27');

const id = (...parts: readonly string[]) => v5(JSON.stringify(parts), namespace);

/** Run of `playbookId` on an account, started by the event `triggerId`: the same trigger always gives the same run. */
export const runId = (accountId: string, playbookId: string, triggerId: string): string => id('run', accountId, playbookId, triggerId);

/** The `occurrence`-th time (from 1) that `subject` holds in a run. */
export const threadId = (run: string, track: string, subject: string, occurrence: number): string => id('thread', run, track, subject, String(occurrence));

/** A step of a thread: task, timer or branch. */
export const stepRecordId = (thread: string, step: string): string => id('step', thread, step);

/** The look at an account on the day it goes live. */
export const goLiveTimerId = (accountId: string): string => id('go-live', accountId);
