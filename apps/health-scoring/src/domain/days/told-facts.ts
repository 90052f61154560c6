import type { Signal } from '@perennial/contracts/signal';
import { isTouch } from '../facts/fold-activity.js';
import { never } from '../facts/ring.js';
import { isKept, type ContactFacts } from '../contacts/contact-facts.js';
import { roleSet } from '../contacts/roles.js';
import { wasActiveIn } from '../contacts/change-contact.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf } from '../time/account-week.js';
import { parseInstant, type EpochDay, type EpochMs } from '../time/day.js';

/**
 * What signals tell of an account, told apart by how far it can be looked back at. Of some only the last word is kept; of use, touches
 * and opened tickets what was on each day. `indicators` stands for what earlier looks remember, which nothing can tell again.
 */
export type ToldFact =
  | 'goals' | 'metrics' | 'milestones' | 'invoices' | 'terms' | 'seats' | 'pulse' | 'answers' | 'roles' | 'stakeholder_touches' | 'contact_touches' | 'tickets' | 'active_contacts' | 'person_use' | 'activated' | 'features'
  | 'touches' | 'opened_tickets' | 'use' | 'power_use'
  | 'indicators';

/** Days within which use of one more contact counts where nothing says otherwise. */
const usualActiveDays = 28;

/** What the number of contacts active within `days` goes by: who was active in the usual window was so in a longer one, but not in a shorter one. */
export const contactsActiveIn = (days: number): ToldFact => (days >= usualActiveDays ? 'active_contacts' : 'person_use');

/** What the signal may have changed of what was known on `day`, the day it happened on or a later one; `before` is the account without it. Always a little too much rather than too little. */
export function factsMovedBy(signal: Signal, before: AccountHealthState, day: EpochDay, keyFeatures: readonly string[]): readonly ToldFact[] {
  switch (signal.kind) {
    case 'usage': {
      const { feature } = signal.data;
      const byFeature: ToldFact[] = feature !== undefined && keyFeatures.includes(feature) ? ['use', 'features'] : ['use'];
      return signal.personId === null ? byFeature : [...byFeature, ...movedByUser(before.contacts.get(signal.personId), weekdayOf(before.accountId), day)];
    }
    case 'engagement': {
      const roles: ToldFact[] = signal.data.attendees?.some(({ role }) => role !== undefined) ? ['roles'] : [];
      return isTouch(signal) ? [...roles, 'touches', 'contact_touches', 'stakeholder_touches'] : [];
    }
    case 'person': {
      const { change, roles } = signal.data;
      return roles !== undefined || change === 'deactivated' || change === 'bounced' || change === 'departed' ? ['roles', 'indicators'] : ['indicators'];
    }
    case 'ticket':
      return ['tickets', 'opened_tickets'];
    case 'survey':
      return signal.data.type === 'ces' ? [] : ['answers'];
    case 'license':
      return ['seats'];
    case 'contract':
      return ['terms'];
    case 'goal':
      return ['goals'];
    case 'metric':
      return ['metrics'];
    case 'milestone':
      return ['milestones'];
    case 'invoice':
      return ['invoices'];
    case 'pulse':
      return ['pulse'];
    case 'opportunity':
    case 'note':
      return [];
  }
}

/** A user who is known to have been counted on that day is counted once, however often. */
function movedByUser(contact: ContactFacts | undefined, weekday: number, day: EpochDay): ToldFact[] {
  if (contact === undefined) return ['person_use', 'active_contacts', 'activated'];
  const moved: ToldFact[] = ['person_use'];
  const isCounted = wasActiveIn(contact, day - usualActiveDays + 1, day, weekday);
  if (!isCounted) moved.push('active_contacts');
  if (!isCounted && (contact.lastActiveDay === never || contact.lastActiveDay > day)) moved.push('activated');
  const everHad = contact.roles.reduce((all, { value }) => all | value, contact.accountRoles | contact.seenRoles);
  if ((everHad & roleSet(['power_user'])) !== 0) moved.push('power_use');
  return moved;
}

const newest = (instants: Iterable<EpochMs | undefined>): EpochMs => {
  let last = -Infinity;
  for (const at of instants) if (at !== undefined && at > last) last = at;
  return last;
};

/** Instant of the last word on it. What was said until then can be read again as of any later instant; -Infinity: as of any within reach; Infinity: as of none, since it has no date. */
export function lastWordOn(fact: ToldFact, { facts, contacts, memory }: AccountHealthState): EpochMs {
  switch (fact) {
    case 'goals':
      return newest([...facts.goals.values()].map(({ name }) => name.at));
    case 'metrics':
      return newest([...facts.metrics.values()].map(({ at }) => at));
    case 'milestones':
      return newest([...facts.milestones.values()].map(({ name }) => name.at));
    case 'invoices':
      return newest([...facts.invoices.values()].map(({ at }) => at));
    case 'terms':
      return newest([...facts.contracts.values()].map(({ heard }) => heard.at));
    case 'seats':
      return newest([...facts.licenses.values()].flatMap(({ bought, assigned }) => [...bought.map(({ last }) => last.at), assigned?.at]));
    case 'pulse':
      return facts.pulse?.at ?? -Infinity;
    case 'answers':
      return newest(Object.values(facts.cohort.newest).map((mark) => mark?.at));
    case 'roles':
      return newest([...contacts.values()].map(lastWordOnRoles));
    case 'stakeholder_touches':
      return newest([...contacts.values()].filter(isKept).map(({ lastTouch }) => lastTouch?.at));
    case 'contact_touches':
      return facts.touches.last?.at ?? -Infinity;
    case 'tickets':
      return newest([...facts.tickets.values()].map(({ priority }) => priority.at));
    case 'active_contacts':
    case 'person_use':
    case 'activated':
      return facts.lastUsage?.at ?? -Infinity;
    case 'features':
      return newest([...facts.features.values()].map(({ last }) => last.at));
    case 'use':
      // While a fall of use is raised it is held against what was usual when that began.
      return memory.usageTrack.raised === null ? -Infinity : Infinity;
    case 'touches':
    case 'opened_tickets':
    case 'power_use':
      return -Infinity;
    case 'indicators':
      return Infinity;
  }
}

/** Roles by the account's own record have no date; those that a meeting named are as old as it. */
function lastWordOnRoles({ roles, accountRoles, seenRoles, deactivated, bounced, departed, imported, lastTouch }: ContactFacts): EpochMs {
  if (roles.length === 0 && accountRoles !== 0) return Infinity;
  return newest([...roles.map(({ last }) => last.at), deactivated?.at, bounced?.at, departed?.at, imported.at(-1)?.at, roles.length === 0 && seenRoles !== 0 ? lastTouch?.at : undefined]);
}

export const happenedAt = (signal: Signal): EpochMs => parseInstant(signal.occurredAt);
