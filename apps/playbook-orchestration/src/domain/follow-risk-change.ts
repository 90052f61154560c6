import type { RiskChange } from '@perennial/contracts/health';
import { isLive } from './account-book.js';
import { calendarOf, command, documentFor, playbooksAt, type Desk, type Office } from './desk.js';
import { leadingCause } from './leading-cause.js';
import type { Occasion } from './look-over.js';

const riskSubject = 'risk';

/** Causes that only correct the record: they start nothing by themselves. */
const silentCauses: readonly string[] = ['restatement', 'import', 'revision'];

/** Starts, updates or ends what playbooks do about the risk of an account; what was heard before changes nothing. */
export function followRiskChange(desk: Desk, change: RiskChange, occasion: Occasion, office: Office): Desk {
  if (change.version <= desk.book.riskVersion) return desk;
  const { at } = occasion;
  const mayStart = !silentCauses.includes(change.cause) && isLive(desk.book, calendarOf(desk, office).dayOf(at), office);
  const cause = leadingCause(change);
  const text = change.reasons[0]?.text;
  const facts = { riskLevel: change.to, ...(cause !== null && { leadingCause: cause }), ...(text !== undefined && { text }) };
  let now: Desk = { ...desk, book: { ...desk.book, riskVersion: change.version } };
  for (const playbookId of playbooksAt(desk, office)) {
    for (const track of documentFor(now, playbookId, office)?.tracks ?? []) {
      if (track.trigger.on !== 'risk') continue;
      if (track.trigger.levels.some((level) => level === change.to)) {
        const trigger = `risk ${change.from} to ${change.to}`;
        now = command(now, playbookId, { type: 'raise-reason', accountId: desk.book.accountId, track: track.id, subject: riskSubject, facts, trigger, triggerId: occasion.id, mayStart, at }, office);
      } else if (change.to === 'green') {
        now = command(now, playbookId, { type: 'clear-reason', track: track.id, subject: riskSubject, outcome: 'risk_cleared', because: 'the risk level is green again', at }, office);
      }
    }
  }
  return now;
}
