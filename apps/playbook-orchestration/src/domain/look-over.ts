import { isLive } from './account-book.js';
import { calendarOf, command, documentFor, playbooksAt, runningRun, type Desk, type Office } from './desk.js';
import type { Track } from './playbook-document.js';
import { clearance, standingReasons } from './standing-reasons.js';

/** What made somebody look at the account: an event or a timer. */
export interface Occasion {
  /** Id of the event; runs started now get their ids from it. */
  readonly id: string;
  /** Business time (RFC 3339, UTC). */
  readonly at: string;
}

/**
 * Brings the account's runs in line with what holds for it: clears reasons that are gone, raises those that
 * hold, updates those whose dates or groups moved. Looking twice changes nothing more.
 */
export function lookOver(desk: Desk, occasion: Occasion, office: Office): Desk {
  return playbooksAt(desk, office).reduce((now, playbookId) => {
    const tracks = documentFor(now, playbookId, office)?.tracks ?? [];
    return tracks.reduce((then, track) => lookAtTrack(then, playbookId, track, occasion, office), now);
  }, desk);
}

function lookAtTrack(desk: Desk, playbookId: string, track: Track, occasion: Occasion, office: Office): Desk {
  const { at } = occasion;
  const today = calendarOf(desk, office).dayOf(at);
  let now = desk;
  for (const reason of standingReasons(desk.book, track, today)) {
    const mayStart = reason.startsThread && isLive(desk.book, today, office);
    const { subject, facts, trigger } = reason;
    now = command(now, playbookId, { type: 'raise-reason', accountId: desk.book.accountId, track: track.id, subject, facts, trigger, triggerId: occasion.id, mayStart, at }, office);
  }
  // Raised before cleared: a run goes on when one reason takes the place of another.
  for (const thread of runningRun(now, playbookId)?.threads ?? []) {
    const gone = thread.track === track.id && thread.cleared === null ? clearance(now.book, track, thread.subject) : null;
    if (gone) now = command(now, playbookId, { type: 'clear-reason', track: track.id, subject: thread.subject, ...gone, at }, office);
  }
  return now;
}
