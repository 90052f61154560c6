import { Type } from 'typebox';
import { isAfter, type Mark } from '../facts/mark.js';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const expansionInterest = defineIndicator({
  kind: 'expansion_interest',
  group: 'opportunity',
  dismissable: true,
  settings: Type.Object({
    /** Use of a product that is not owned counts this long; an open opportunity until this long after its closing date. */
    days: Type.Number(),
  }, { additionalProperties: false }),
  judge(view, { days }) {
    const { facts, asOf, today } = view;
    const signs: { mark: Mark; text: string }[] = [];
    for (const [opportunityId, told] of facts.opportunities) {
      if (told.isGrowth && told.isOpen && today <= told.closeOn + days) signs.push({ mark: { at: told.at, id: told.id }, text: words.growth.asked(opportunityId) });
    }
    const owned = new Set([...facts.licenses.keys(), ...[...facts.contracts.values()].flatMap(({ product }) => product?.value ?? [])]);
    owned.delete('');
    // Where nobody says what is owned, nothing is known to be new.
    if (owned.size > 0) {
      for (const [product, mark] of facts.productUse) {
        const until = mark.at + days * dayMs;
        if (owned.has(product) || until <= asOf) continue;
        view.changesAt(until);
        signs.push({ mark, text: words.growth.lookedAt(product) });
      }
    }
    if (signs.length === 0) return null;
    signs.sort((a, b) => (isAfter(a.mark, b.mark) ? 1 : -1));
    return { severe: false, text: words.growth.interest(signs.map(({ text }) => text)), evidence: signs.map(({ mark }) => mark.id), newsAt: signs.at(-1)?.mark.at ?? 0 };
  },
});
