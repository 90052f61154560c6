import { Type } from 'typebox';
import { isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const usageLevel = defineMeasure({
  id: 'usage_level',
  family: 'usage',
  unit: 'share of usual',
  restsOn: ['usage'],
  settings: Type.Object({
    historyDays: Type.Number(),
    /** An account that never has this many active contacts is judged by their number, not by events. */
    fewContacts: Type.Number(),
  }, { additionalProperties: false }),
  read(view, { historyDays, fewContacts }) {
    const { usage } = view;
    if (usage.historyDays === 0) return view.ageDays < historyDays ? notApplicable(words.usage.noHistory) : missing(words.usage.never);
    if (usage.historyDays < historyDays || usage.reference === null || usage.level === null) return notApplicable(words.usage.noHistory);
    const evidence = { query: `kind=usage&from=${isoDay(usage.end - 27)}&to=${isoDay(usage.end)}` };
    const usual = usage.contactReference ?? 0;
    if (usual > 0 && Math.max(usual, usage.contacts) < fewContacts) {
      return { found: true, value: usage.contacts / usual, text: words.usage.contacts(usage.contacts, usual), evidence };
    }
    const [total, reference] = [usage.total / 1000, usage.reference / 1000];
    return { found: true, value: usage.level, text: usage.isByYear ? words.usage.levelOfYear(total, reference, isoDay(usage.end)) : words.usage.level(total, reference), evidence };
  },
  goesBy: (view, { fewContacts }) => {
    const usual = view.usage.contactReference ?? 0;
    return usual > 0 && usual < fewContacts ? ['use', 'active_contacts'] : ['use'];
  },
});
