import type { ContactFacts } from '../contacts/contact-facts.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { isActiveUpTo } from '../contacts/change-contact.js';
import { hasRole, isStakeholder, type Role } from '../contacts/roles.js';
import type { DayFacts } from '../days/day-facts.js';
import { scoreDay } from '../days/judge-day.js';
import { countAt, sumOf } from '../facts/ring.js';
import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';

/** What a figure is compared with: itself so many days before. */
export const backDays = 28;
/** A touch with the executive sponsor counts this long. */
export const executiveDays = 90;

/** `before`: 28 days earlier. Null: not known. */
export interface Figure {
  readonly now: number | null;
  readonly before: number | null;
}

export const usingRoles = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user'] as const satisfies readonly Role[];

/** The five leading indicators as numbers: of one account, or of a book. */
export interface LeadingFigures {
  /** Share of the way planned to date that goals and milestones have come, weighed as the csm-led scorecard weighs them; 1 is on plan, and the most. */
  readonly plan: Figure;
  /** Contacts active in four completed account-weeks, in all and by role; `user`: without a stakeholder's role. */
  readonly active: Figure;
  readonly byRole: readonly (Figure & { readonly role: (typeof usingRoles)[number] })[];
  /** Tickets opened in 28 days. */
  readonly tickets: Figure;
  /** 1: the executive sponsor was touched within 90 days. 0: not. Of a book the share of accounts. */
  readonly executive: Figure;
  /** Answers of NPS and CSAT, 0-10, stakeholders weighing more. */
  readonly sentiment: Figure;
}

interface AccountOnDay {
  readonly state: Pick<AccountHealthState, 'accountId' | 'facts'>;
  /** At least those with a stakeholder's role. */
  readonly contacts: readonly ContactFacts[];
  readonly day: EpochDay;
  /** What the last looks of that day and of 28 days before knew; null: there was none. */
  readonly now: DayFacts | null;
  readonly before: DayFacts | null;
}

/** The figures of one account; `card` says how goals, milestones, touches and surveys are read. */
export function leadingFiguresOf({ state: { accountId, facts }, contacts, day, now, before }: AccountOnDay, card: CompiledScorecard): LeadingFigures {
  const weekday = weekdayOf(accountId);
  const last = weekOf(day, weekday) - 1;
  const stakeholders = contacts.filter((contact) => isStakeholder(rolesOf(contact)));
  const activeOf = (of: readonly ContactFacts[], end: number): number => of.filter((contact) => isActiveUpTo(contact, end)).length;
  const both = (count: (end: number) => number): Figure => ({ now: count(last), before: count(last - backDays / 7) });
  const inAll = (end: number): number => countAt(facts.cohort.activeInFourWeeks, end);
  const opened = (upTo: EpochDay): number => sumOf(facts.opened.days, upTo - backDays + 1, upTo);
  const [read, readBefore] = [readOf(now, card), readOf(before, card)];
  const figure = (key: keyof ReturnType<typeof readOf>): Figure => ({ now: read[key], before: readBefore[key] });
  return {
    plan: figure('plan'),
    active: both(inAll),
    byRole: usingRoles.map((role) => ({ role, ...both((end) => (role === 'user' ? Math.max(0, inAll(end) - activeOf(stakeholders, end)) : activeOf(stakeholders.filter((contact) => hasRole(rolesOf(contact), role)), end))) })),
    tickets: { now: opened(day), before: opened(day - backDays) },
    executive: figure('executive'),
    sentiment: figure('sentiment'),
  };
}

/** What a look read of the plan, the executive sponsor and the surveys. */
function readOf(facts: DayFacts | null, card: CompiledScorecard): Record<'plan' | 'executive' | 'sentiment', number | null> {
  const measures = facts === null ? [] : scoreDay(facts, card, []).measures;
  const parts = measures.flatMap(({ definition: { id }, weight, reading }) => ((id === 'goal_attainment' || id === 'milestones_on_time') && reading.found ? [{ weight, share: Math.min(1, Math.max(0, reading.value)) }] : []));
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  const touch = measures.find(({ definition }) => definition.id === 'executive_touch')?.reading;
  const survey = measures.find(({ definition }) => definition.id === 'survey');
  return {
    plan: weight === 0 ? null : parts.reduce((sum, part) => sum + part.weight * part.share, 0) / weight,
    // Where there never was a touch the reading has a curve of its own, and counts days of the account.
    executive: touch?.found === true ? Number(touch.curve === undefined && touch.value <= executiveDays) : null,
    sentiment: survey?.state === 'ok' && survey.reading.found ? survey.reading.value : null,
  };
}
