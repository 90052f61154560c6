import type { Signal } from '@perennial/contracts/signal';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf } from '../time/account-week.js';
import { dayOf, parseInstant } from '../time/day.js';
import type { AccountFacts } from './account-facts.js';
import { isTouch } from './fold-activity.js';
import { isAfter, type Mark } from './mark.js';
import { current } from './spans.js';

/** Why nothing judges by a signal. */
export const unusedReasons = {
  no_measure: 'No measure is made of it.',
  no_person: 'It says something of a person and names none.',
  nothing_used: 'Its quantity is 0.',
  too_old: 'It lies further back than use is kept (64 weeks before the newest).',
  own_mail: 'Our own mail is no touch: only what the customer sends is.',
  not_held: 'A meeting or call is a touch once its outcome is `held` and it names whom we met.',
  too_many_products: 'More products have licenses than are told apart (20).',
  no_goal: 'No goal names its metric.',
} as const;
export type UnusedReason = keyof typeof unusedReasons;

/** Null for a signal that counts somewhere, and for a metric, which may come before its goal; `state` is the account's after it was folded. */
export function unusedReason(signal: Signal, { accountId, facts }: AccountHealthState): UnusedReason | null {
  switch (signal.kind) {
    case 'survey':
      return signal.data.type === 'ces' ? 'no_measure' : null;
    case 'person':
      return signal.personId === null ? 'no_person' : null;
    case 'usage': {
      if (signal.data.quantity === 0) return 'nothing_used';
      const { weeks } = facts.usage;
      return weekOf(dayOf(parseInstant(signal.occurredAt)), weekdayOf(accountId)) <= weeks.newest - weeks.size ? 'too_old' : null;
    }
    case 'engagement': {
      const { type, outcome } = signal.data;
      if (isTouch(signal) || outcome === 'no_show' || outcome === 'declined') return null;
      return type === 'mail' ? 'own_mail' : 'not_held';
    }
    case 'license':
      return facts.licenses.has(signal.product ?? '') ? null : 'too_many_products';
    default:
      return null;
  }
}

/** Values of metrics that no goal names, as the goals now stand: how many, and the newest. Null without any. */
export function metricsWithoutGoal({ goals, metrics }: AccountFacts): { readonly count: number; readonly newest: Mark } | null {
  const named = new Set([...goals.values()].map(({ terms }) => current(terms)?.value.metric));
  const unnamed = [...metrics].flatMap(([name, values]) => (named.has(name) ? [] : [values]));
  if (unnamed.length === 0) return null;
  return { count: unnamed.reduce((sum, { count }) => sum + count, 0), newest: unnamed.reduce((a, b) => (isAfter(b, a) ? b : a)) };
}
