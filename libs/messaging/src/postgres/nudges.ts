import type { LogRecord } from '../event-log.js';

/** What happened in the log, told to whoever in this process waits for it. */
export interface NudgeListener {
  /** Records were committed, in offset order; `next` is the offset behind the last one. */
  appended(topicId: number, partition: number, next: bigint, records: readonly LogRecord[]): void;
  /** A member joined or left the group in this process. */
  membersChanged(group: string, topicId: number): void;
}

/** By log identity: several clients of one log in one process wake each other without the database. */
const listeners = new Map<string, Set<NudgeListener>>();

/** Returns the function that ends the listening. */
export function listen(log: string, listener: NudgeListener): () => void {
  const set = listeners.get(log) ?? new Set();
  listeners.set(log, set.add(listener));
  return () => {
    set.delete(listener);
    if (set.size === 0) listeners.delete(log);
  };
}

export function nudgeAppended(log: string, topicId: number, partition: number, next: bigint, records: readonly LogRecord[]): void {
  for (const listener of listeners.get(log) ?? []) listener.appended(topicId, partition, next, records);
}

export function nudgeMembers(log: string, group: string, topicId: number): void {
  for (const listener of listeners.get(log) ?? []) listener.membersChanged(group, topicId);
}
