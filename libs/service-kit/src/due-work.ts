import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/**
 * Work that falls due by business time: timers, looks, delivery attempts. A provider decorated with
 * `@RunsDueWork()` is found by the kit, which calls `runDue` whenever something is due.
 */
export interface DueWork {
  /** Earliest instant at which something is due; null when nothing is planned. */
  nextDueAt(): Promise<Date | null>;
  /**
   * Works off what is due at `now`, in batches claimed with FOR UPDATE SKIP LOCKED, safe on several
   * replicas and when killed at any line. May leave work for the next call.
   */
  runDue(now: Date): Promise<void>;
}

/** For work that waits for nothing: due since it came; now, where the clock was set back since. Null: there is none. */
export const dueSince = (cameAt: Date | null, now: Date): Date | null => (cameAt !== null && cameAt > now ? now : cameAt);

export const RUNS_DUE_WORK = 'perennial:runs-due-work';
export const RunsDueWork = (): CustomDecorator => SetMetadata(RUNS_DUE_WORK, true);

export abstract class DueWorkNudge {
  /**
   * Tells the runner that something may be due at `dueAt` (business time), or now (call it from `tx.afterCommit`).
   * What lies beyond its next look by itself wakes nobody, so a stream of changes may tell of every one.
   */
  abstract nudge(dueAt?: Date): void;
}
