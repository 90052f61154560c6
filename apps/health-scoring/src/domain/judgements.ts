import { hasRole } from './contacts/roles.js';
import { rolesOf } from './contacts/contact-facts.js';
import { indicatorByKind } from './indicators/all-indicators.js';
import { counted, noImports } from './contacts/imported-word.js';
import { goneMark } from './indicators/champion-left.js';
import type { AccountHealthState, ActiveIndicator, Suppression } from './state.js';
import { dayMs, type EpochMs } from './time/day.js';
import { acceptLevel } from './usage/usage-track.js';

export type Judgement =
  | { readonly action: 'confirm'; readonly reason: string }
  | { readonly action: 'accept'; readonly reason: string }
  | { readonly action: 'dismiss'; readonly reason: string; readonly until: EpochMs }
  | { readonly action: 'snooze'; readonly reason: string; readonly until: EpochMs };

export type JudgementRefusal = 'unknown_indicator' | 'reason_required' | 'until_not_ahead' | 'until_too_far' | 'not_dismissable';
export type JudgementOutcome = { readonly judged: string } | { readonly refused: JudgementRefusal; readonly detail: string };

/** Longest dismissal, days. */
export const longestDismissalDays = 90;
/** What has no end of its own ends when the condition does. */
const openEnd = 8_640_000_000_000_000;

const refuse = (refused: JudgementRefusal, detail: string): JudgementOutcome => ({ refused, detail });

/**
 * A person's word on an active indicator. Confirm: it is true (a sponsor who was replaced is thereby settled).
 * Accept: it is true and here to stay, so it is over; a fallen level of use becomes the new normal. Dismiss and
 * snooze: it does not count until the given instant, unless there is news. The caller looks afterwards.
 */
export function judgeIndicator(state: AccountHealthState, indicatorId: string, judgement: Judgement, now: EpochMs): JudgementOutcome {
  const indicator = state.indicators.find((active) => active.id === indicatorId);
  if (indicator === undefined) return refuse('unknown_indicator', 'no active indicator has this id');
  if (judgement.reason.trim() === '') return refuse('reason_required', 'say why');
  if (judgement.action === 'confirm') {
    indicator.confirmed = true;
    if (indicator.kind === 'sponsor_change' && isReplaced(state, indicator)) suppress(state, indicator, 'replaced', judgement.reason, now, openEnd);
    return { judged: indicator.id };
  }
  if (indicatorByKind.get(indicator.kind)?.dismissable !== true) return refuse('not_dismissable', `${indicator.kind} is a fact: it ends when the fact does`);
  if (judgement.action === 'accept') {
    if (indicator.kind === 'usage_drop') {
      acceptLevel(state.memory.usageTrack, state.facts.usage);
      clear(state, indicator);
    } else {
      suppress(state, indicator, 'accepted', judgement.reason, now, openEnd);
    }
    return { judged: indicator.id };
  }
  if (judgement.until <= now) return refuse('until_not_ahead', 'until must lie ahead');
  if (judgement.until > now + longestDismissalDays * dayMs) return refuse('until_too_far', `until may be at most ${longestDismissalDays} days ahead`);
  suppress(state, indicator, judgement.action === 'dismiss' ? 'dismissed' : 'snoozed', judgement.reason, now, judgement.until);
  return { judged: indicator.id };
}

function clear(state: AccountHealthState, indicator: ActiveIndicator): void {
  state.indicators = state.indicators.filter((active) => active !== indicator);
}

function suppress(state: AccountHealthState, indicator: ActiveIndicator, how: Suppression['how'], reason: string, at: EpochMs, until: EpochMs): void {
  clear(state, indicator);
  state.suppressions = [...state.suppressions.filter((held) => held.kind !== indicator.kind), { kind: indicator.kind, at, until, how, reason }];
}

/** Somebody else holds the role and is still there. */
function isReplaced(state: AccountHealthState, indicator: ActiveIndicator): boolean {
  for (const contact of state.contacts.values()) {
    if (contact.personId !== indicator.subject && hasRole(rolesOf(contact), 'executive_sponsor') && goneMark(counted(contact, noImports)) === null) return true;
  }
  return false;
}
