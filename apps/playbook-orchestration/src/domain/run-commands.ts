import type { BusinessCalendar } from './business-calendar.js';
import type { PlaybookDocument } from './playbook-document.js';
import type { Facts, TaskStatus } from './run.js';

/** What a run may be asked. `at` is business time (RFC 3339, UTC). */
export type RunCommand =
  | {
      readonly type: 'raise-reason';
      readonly accountId: string;
      readonly track: string;
      readonly subject: string;
      readonly facts: Facts;
      /** Id of the event that raised it: the run's id follows from it. */
      readonly triggerId: string;
      /** The trigger in words, for RUN. */
      readonly trigger: string;
      /** False: an import, restatement or revision, or an account that is not live: only what runs is updated. */
      readonly mayStart: boolean;
      readonly at: string;
    }
  | { readonly type: 'clear-reason'; readonly track: string; readonly subject: string; readonly outcome: string; readonly because: string; readonly at: string }
  | { readonly type: 'end-wait'; readonly waitId: string; readonly at: string }
  | { readonly type: 'close-task'; readonly taskId: string; readonly status: Exclude<TaskStatus, 'open'>; readonly reason: string | null; readonly at: string }
  | { readonly type: 'assign-task'; readonly taskId: string; readonly ownerId: string | null; readonly at: string }
  /** The account or a user changed hands: open tasks of `from` go to `to`. */
  | { readonly type: 'hand-over'; readonly from: string | null; readonly to: string | null; readonly at: string }
  /** The account's country or time zone changed: what is still open is planned again. */
  | { readonly type: 'plan-again'; readonly at: string }
  | { readonly type: 'fail'; readonly outcome: string; readonly at: string };

/** What surrounds a run while it decides. */
export interface RunSetting {
  /** The document at the run's own revision; for a run not yet started, the newest. */
  readonly document: PlaybookDocument;
  readonly calendar: BusinessCalendar;
  readonly accountName: string;
  /** Who gets new tasks; null: the unassigned queue. */
  readonly ownerId: string | null;
}
