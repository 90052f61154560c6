import { Type } from 'typebox';
import { tiedParts, touchDays } from '../facts/fold-engagement.js';
import { isComplaint, isEscalated, isOpen } from '../facts/fold-ticket.js';
import { sumOf } from '../facts/ring.js';
import { isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const touches = defineMeasure({
  id: 'touches',
  family: 'engagement',
  unit: 'share of target',
  restsOn: ['engagement'],
  settings: Type.Object({ windowDays: Type.Integer({ minimum: 1, maximum: touchDays }), neverFromDay: Type.Number() }, { additionalProperties: false }),
  byTargets: true,
  read(view, { windowDays, neverFromDay }, { touches: target }) {
    if (target === 0) return notApplicable(words.touches.noTarget);
    if (view.facts.touches.last === null && view.ageDays < neverFromDay) return missing(words.touches.tooEarly(neverFromDay));
    if (view.sourceOf('engagement') === 'absent') return missing(words.noSource('meetings or mails'));
    const day = view.dayFor('engagement');
    const from = day - windowDays + 1;
    let count = sumOf(view.facts.touches.days, from, view.today);
    for (const [key, times] of view.facts.touches.tied) {
      const tied = tiedParts(key);
      const ticket = view.facts.tickets.get(tied.ticketId);
      const troubled = ticket !== undefined && isOpen(ticket) && (isEscalated(ticket) || isComplaint(ticket));
      if (tied.day >= from && !troubled) count += times;
    }
    return { found: true, value: count / target, text: words.touches.count(count, target, windowDays), evidence: { query: `kind=engagement&from=${isoDay(from)}` } };
  },
  // Touches about a ticket are left out while that is in trouble.
  goesBy: (view) => (view.facts.touches.tied.size === 0 ? ['touches'] : ['touches', 'contact_touches', 'tickets']),
});
