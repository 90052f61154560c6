import { Type } from 'typebox';
import { isAfter, type Mark } from '../facts/mark.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

/** Contracts whose end was announced and not withdrawn, in order of the announcement. One that is over says nothing of a customer who has another. */
export function cancelledContracts({ facts, today }: AccountView): { contractId: string; mark: Mark }[] {
  const found: { contractId: string; mark: Mark }[] = [];
  const goesOn = [...facts.contracts.values()].some(({ ending, terms }) => ending?.value !== true && terms !== null && terms.startsOn <= today && (terms.endsOn ?? today) >= today);
  for (const [contractId, { ending, terms }] of facts.contracts) {
    if (ending?.value !== true) continue;
    const isOver = Math.min(ending.endsOn ?? Infinity, terms?.endsOn ?? Infinity) < today;
    if (!isOver || !goesOn) found.push({ contractId, mark: ending });
  }
  return found.sort((a, b) => (isAfter(a.mark, b.mark) ? 1 : -1));
}

export const cancelScheduled = defineIndicator({
  kind: 'cancel_scheduled',
  group: 'commercial',
  dismissable: false,
  settings: Type.Object({}, { additionalProperties: false }),
  judge(view) {
    const cancelled = cancelledContracts(view);
    if (cancelled.length === 0) return null;
    return { severe: true, text: words.commercial.cancelled(cancelled.map(({ contractId }) => contractId)), evidence: cancelled.map(({ mark }) => mark.id) };
  },
});
