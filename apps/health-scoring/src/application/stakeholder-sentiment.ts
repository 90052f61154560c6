import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import type { Answer } from '../domain/contacts/contact-facts.js';
import { nameOf, rolesOf } from '../domain/contacts/contact-facts.js';
import { rolesIn, type Role } from '../domain/contacts/roles.js';
import { dayMs, isoInstant } from '../domain/time/day.js';
import { ContactQueries } from './contact-queries.js';
import { NoteSentimentStore, type NoteCount } from './note-sentiment-store.js';

/** Notes count as long as answers to surveys do. */
const validDays = 180;
/** At least this share more of one than of the other, of the clear ones. */
const clearLead = 1 / 3;

export interface StakeholderSentiment {
  /** Null: notes about nobody in particular. */
  readonly personId: string | null;
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly sentiment: 'positive' | 'negative' | 'mixed' | 'unclear';
  readonly notes: { readonly positive: number; readonly negative: number; readonly unclear: number; readonly lastAt: string | null };
  readonly answers: { readonly nps: GivenAnswer | null; readonly csat: GivenAnswer | null; readonly renewalIntent: GivenAnswer | null };
}

interface GivenAnswer {
  readonly score: number;
  readonly at: string;
}

/** How the people of an account feel: by notes about them, corrections included, with their last answers beside it. */
@Injectable()
export class StakeholderSentiments {
  constructor(
    private readonly notes: NoteSentimentStore,
    private readonly contacts: ContactQueries,
    private readonly clock: Clock,
  ) {}

  /** Everybody with a stakeholder's role, and everybody a note is about; by id, notes about nobody last. */
  async of(accountId: string): Promise<StakeholderSentiment[]> {
    const counts = new Map((await this.notes.counts(accountId, new Date(this.clock.now().getTime() - validDays * dayMs))).map((count) => [count.personId, count]));
    const named = [...counts.keys()].filter((id) => id !== null);
    const contacts = new Map((await this.contacts.keptOrNamed(accountId, named)).map((contact) => [contact.personId, contact]));
    const ids: (string | null)[] = [...new Set([...contacts.keys(), ...named])].filter((id) => id !== '').sort();
    if (counts.has(null)) ids.push(null);
    return ids.map((personId) => {
      const [count, contact] = [counts.get(personId), personId === null ? undefined : contacts.get(personId)];
      return {
        personId,
        name: contact === undefined ? null : nameOf(contact),
        roles: contact === undefined ? [] : rolesIn(rolesOf(contact)),
        sentiment: sentimentOf(count),
        notes: { positive: count?.positive ?? 0, negative: count?.negative ?? 0, unclear: count?.unclear ?? 0, lastAt: count?.lastAt.toISOString() ?? null },
        answers: { nps: given(contact?.nps), csat: given(contact?.csat), renewalIntent: given(contact?.intent) },
      };
    });
  }
}

const given = (answer: Answer | null | undefined): GivenAnswer | null => (answer == null ? null : { score: answer.score, at: isoInstant(answer.at) });

function sentimentOf(count: NoteCount | undefined): StakeholderSentiment['sentiment'] {
  const [positive, negative] = [count?.positive ?? 0, count?.negative ?? 0];
  if (positive + negative === 0) return 'unclear';
  const lead = (positive - negative) / (positive + negative);
  return lead >= clearLead ? 'positive' : lead <= -clearLead ? 'negative' : 'mixed';
}
