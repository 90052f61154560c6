import { Type } from 'typebox';
import { nameOf, rolesOf, type ContactFacts } from '../contacts/contact-facts.js';
import { countedRoles } from '../contacts/imported-word.js';
import { hasRole } from '../contacts/roles.js';
import { rankOf } from '../contacts/title-rank.js';
import type { Mark } from '../facts/mark.js';
import { current, type Spans } from '../facts/spans.js';
import { dayMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';
import { roleSince } from './role-since.js';

const Weight = Type.Number({ minimum: 0, maximum: 1 });
type Kind = 'bounced' | 'deactivated' | 'company' | 'handedOver' | 'departed' | 'title' | 'promotion' | 'missed';
interface Clue {
  readonly kind: Kind;
  readonly mark: Mark;
  readonly text: string;
}

export const sponsorChange = defineIndicator({
  kind: 'sponsor_change',
  group: 'people',
  dismissable: true,
  settings: Type.Object({
    threshold: Type.Number({ minimum: 0, maximum: 1 }),
    evidenceDays: Type.Number(),
    weights: Type.Object(
      { bounced: Weight, deactivated: Weight, company: Weight, handedOver: Weight, departed: Weight, title: Weight, promotion: Weight, missed: Weight },
      { additionalProperties: false },
    ),
  }, { additionalProperties: false }),
  judge(view, settings, { active, suppression }) {
    let best: { contact: ContactFacts; clues: Clue[]; belief: number } | null = null;
    const replacedAt = suppression?.how === 'replaced' ? suppression.at : -Infinity;
    for (const contact of view.stakeholders) {
      const since = roleSince(contact, 'executive_sponsor');
      if (since === null) continue;
      const oldest = view.asOf - settings.evidenceDays * dayMs;
      const clues = cluesOf(view, contact, since).filter((clue) => clue.mark.at > Math.max(since, oldest, replacedAt));
      // Noisy-or: each clue alone may be wrong, and they are wrong independently.
      const belief = 1 - clues.reduce((doubt, clue) => doubt * (1 - settings.weights[clue.kind]), 1);
      const stands = belief >= settings.threshold || (active !== null && active.subject === contact.personId && active.confirmed);
      if (stands && (best === null || belief > best.belief)) best = { contact, clues, belief };
    }
    if (best === null) return null;
    const { contact, clues } = best;
    const name = nameOf(contact);
    const confirmed = active !== null && active.confirmed && active.subject === contact.personId;
    return {
      severe: true,
      subject: contact.personId,
      text: confirmed ? words.people.sponsorConfirmed(name) : words.people.sponsor(name, clues.map((clue) => clue.text)),
      evidence: clues.map((clue) => clue.mark.id),
      newsAt: Math.max(...clues.map((clue) => clue.mark.at)),
    };
  },
});

function cluesOf(view: AccountView, contact: ContactFacts, since: number): Clue[] {
  const clues: Clue[] = [];
  const add = (kind: Kind, mark: Mark | null, text: string): void => void (mark !== null && clues.push({ kind, mark, text }));
  add('departed', contact.departed, words.people.departed);
  add('bounced', contact.bounced, words.people.bounced);
  add('deactivated', contact.deactivated, words.people.deactivated);
  add('company', changeOf(contact.companies)?.mark ?? null, words.people.company);
  const title = changeOf(contact.titles);
  if (title !== null) {
    const promoted = rankOf(title.to) > rankOf(title.from);
    add(promoted ? 'promotion' : 'title', title.mark, promoted ? words.people.promoted : words.people.title);
  }
  add('handedOver', handover(view, contact, since), words.people.handedOver);
  const missed = contact.missed.filter((mark) => contact.lastTouch === null || mark.at > contact.lastTouch.at);
  if (missed.length >= 3) add('missed', missed[0] ?? null, words.people.missed);
  return clues.sort((a, b) => a.mark.at - b.mark.at || (a.mark.id < b.mark.id ? -1 : 1));
}

/** A field whose present value is not the first one known: when it took that value, and the value before. */
function changeOf(spans: Spans<string>): { mark: Mark; from: string; to: string } | null {
  const now = current(spans);
  const index = now === null ? -1 : spans.indexOf(now);
  const before = spans[index - 1];
  return now === null || before === undefined ? null : { mark: now.first, from: before.value, to: now.value };
}

/** When the role went from this contact to another: it was taken away, or no longer stated after the other got it a day later. What imports that do not count said of roles is no sign of it. */
function handover(view: AccountView, contact: ContactFacts, since: number): Mark | null {
  const own = countedRoles(contact, view.uncounted);
  const holds = hasRole(rolesOf(contact), 'executive_sponsor') || hasRole(rolesOf({ ...contact, roles: own }), 'executive_sponsor');
  const stated = current(own);
  for (const other of view.stakeholders) {
    if (other === contact || !hasRole(rolesOf(other), 'executive_sponsor')) continue;
    const given = countedRoles(other, view.uncounted).find((span) => hasRole(span.value, 'executive_sponsor'))?.first;
    if (given === undefined || given.at <= since) continue;
    if (!holds || (given.at >= since + dayMs && stated !== null && stated.last.at < given.at)) return given;
  }
  return null;
}
