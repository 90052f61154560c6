import { Type } from 'typebox';
import { isOpen } from '../facts/fold-ticket.js';
import { ActiveDays } from '../scorecard/setting-types.js';
import { contactsActiveIn } from '../days/told-facts.js';
import { words } from '../words.js';
import { defineMeasure, missing } from './measure.js';

const Load = Type.Number({ minimum: 0 });

export const ticketLoad = defineMeasure({
  id: 'ticket_load',
  family: 'support',
  unit: 'load',
  restsOn: ['ticket'],
  settings: Type.Object({
    load: Type.Object({ low: Load, normal: Load, high: Load, urgent: Load }, { additionalProperties: false }),
    contactsPerUnit: Type.Number({ exclusiveMinimum: 0 }),
    activeDays: ActiveDays,
    /** A quiet queue means little while use is below this share of its reference. */
    lowUse: Type.Number({ minimum: 0 }),
    pointsAtLowUse: Type.Number({ minimum: 0, maximum: 100 }),
  }, { additionalProperties: false }),
  read(view, settings) {
    if (view.sourceOf('ticket') === 'absent') return missing(words.noSource('tickets'));
    let load = 0;
    let open = 0;
    for (const ticket of view.facts.tickets.values()) {
      if (!isOpen(ticket)) continue;
      load += settings.load[ticket.priority.value];
      open += 1;
    }
    const value = load / Math.max(1, view.activeContacts(settings.activeDays) / settings.contactsPerUnit);
    const { level } = view.usage;
    return {
      found: true,
      value,
      text: words.tickets.open(open),
      evidence: { query: 'kind=ticket' },
      ...(level !== null && level < settings.lowUse ? { ceiling: settings.pointsAtLowUse } : {}),
    };
  },
  // So few contacts that their number divides nothing.
  goesBy: (view, { activeDays, contactsPerUnit }) => ['tickets', 'use', ...(view.activatedContacts() <= contactsPerUnit ? [] : [contactsActiveIn(activeDays)])],
});
