import type { SignalData } from '@perennial/contracts/signal';
import type { Mark } from '../facts/mark.js';
import { never } from '../facts/ring.js';
import { current, type Spans } from '../facts/spans.js';
import type { EpochDay } from '../time/day.js';
import type { DaysOfUse } from './days-of-use.js';
import type { ImportedWord } from './imported-word.js';
import { isStakeholder, type RoleSet } from './roles.js';

export type Answer = Mark & { readonly score: number };
export type Touch = Mark & { readonly type: SignalData['engagement']['type'] };

/** Account-weeks with use: bit i is the week `activeWeek` - i, 64 weeks. */
export interface WeeksOfUse {
  activeWeek: number;
  activeWeeks: bigint;
}

/** What is known of one contact of one account. */
export interface ContactFacts extends WeeksOfUse {
  readonly personId: string;
  name: (Mark & { readonly value: string }) | null;
  /** Titles in the form they are compared in, with what they were called. */
  readonly titles: Spans<string>;
  readonly companies: Spans<string>;
  /** Roles as `person` signals gave them. */
  readonly roles: Spans<RoleSet>;
  /** Roles as the account's own record has them; used where no signal gave any. */
  accountRoles: RoleSet;
  /** Roles that meetings named; used where nothing else gave any. */
  seenRoles: RoleSet;
  /** As others than imports said; `counted` adds what imports did. */
  deactivated: Mark | null;
  bounced: Mark | null;
  departed: Mark | null;
  lastActiveDay: EpochDay;
  /** Days with use: bit i is the day `lastActiveDay` - i, 64 weeks. Rows of before these were kept know weeks only. */
  activeDays: bigint;
  activeWeek: number;
  activeWeeks: bigint;
  /** Weeks of use by key feature. */
  readonly features: Map<string, WeeksOfUse>;
  /** Days of use by product and feature (`useKey`). */
  readonly uses: Map<string, DaysOfUse>;
  /** Which imports said what may mean that somebody has gone, oldest first. */
  imported: ImportedWord[];
  lastTouch: Touch | null;
  /** The last three meetings missed or declined, newest first. */
  missed: Mark[];
  nps: Answer | null;
  csat: Answer | null;
  intent: Answer | null;
}

export const newContact = (personId: string): ContactFacts => ({
  personId, name: null, titles: [], companies: [], roles: [], accountRoles: 0, seenRoles: 0, deactivated: null, bounced: null, departed: null,
  lastActiveDay: never, activeDays: 0n, activeWeek: never, activeWeeks: 0n, features: new Map(), uses: new Map(), imported: [], lastTouch: null, missed: [], nps: null, csat: null, intent: null,
});

/** Nothing is known of the contact; at most a name, as the account's own record has it. */
export const isBare = (contact: ContactFacts): boolean =>
  contact.accountRoles === 0 && contact.seenRoles === 0 && contact.lastActiveDay === never && contact.activeWeek === never && (contact.name === null || contact.name.id === '') &&
  [contact.deactivated, contact.bounced, contact.departed, contact.lastTouch, contact.nps, contact.csat, contact.intent].every((fact) => fact === null) &&
  [contact.titles, contact.companies, contact.roles, contact.missed, contact.imported].every((facts) => facts.length === 0);

/** The roles that count: a signal's word, else the account's record, else what meetings named. */
export function rolesOf(contact: ContactFacts): RoleSet {
  const stated = current(contact.roles);
  if (stated !== null) return stated.value;
  return contact.accountRoles !== 0 ? contact.accountRoles : contact.seenRoles;
}

/** Answers to "would you renew" below this keep a contact in sight. */
export const worryingIntent = 6;

/**
 * Contacts that every look needs: those with a stakeholder's role now or ever, and those who may not
 * renew. All others are in the account's sums.
 */
export const isKept = (contact: ContactFacts): boolean =>
  contact.accountRoles !== 0 || isStakeholder(rolesOf(contact)) || contact.roles.some((span) => isStakeholder(span.value)) || (contact.intent !== null && contact.intent.score < worryingIntent);

/** Name for people to read. */
export const nameOf = (contact: ContactFacts): string => contact.name?.value ?? (contact.personId === '' ? 'someone' : contact.personId.replace(/^email:/, ''));
