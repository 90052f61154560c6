import { Type } from 'typebox';
import { seatsBeginAt } from '../facts/fold-contract.js';
import { inForceAt } from '../facts/spans.js';
import { startOf } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const contraction = defineIndicator({
  kind: 'contraction',
  group: 'commercial',
  dismissable: true,
  settings: Type.Object({
    /** Where no contract says when the term began, cuts of this many days count. */
    withoutTermDays: Type.Number(),
  }, { additionalProperties: false }),
  judge(view, { withoutTermDays }) {
    const from = Math.min(view.asOf, startOf(seatsBeginAt(view.facts.contracts, view.today) ?? view.today - withoutTermDays));
    const cuts: { product: string; before: number; now: number; id: string; at: number }[] = [];
    for (const [product, { bought }] of view.facts.licenses) {
      const now = inForceAt(bought, view.asOf);
      if (now === null) continue;
      const then = inForceAt(bought, from)?.value ?? 0;
      const before = Math.max(then, ...bought.filter((span) => span.last.at >= from && span.last.at <= view.asOf).map((span) => span.value));
      if (now.value < before) cuts.push({ product, before, now: now.value, id: now.first.id, at: now.first.at });
    }
    if (cuts.length === 0) return null;
    cuts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    return { severe: false, text: words.commercial.cut(cuts), evidence: cuts.map(({ id }) => id), newsAt: Math.max(...cuts.map(({ at }) => at)) };
  },
});
