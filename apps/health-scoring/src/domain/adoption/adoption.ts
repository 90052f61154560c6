import { rolesOf, type ContactFacts } from '../contacts/contact-facts.js';
import { bitsUpTo, partsOfUse } from '../contacts/days-of-use.js';
import { rolesIn, type Role } from '../contacts/roles.js';
import type { EpochDay } from '../time/day.js';

/** A week and a month of use, days; a month is 28 days, so that all have the same weekends. */
export const weekDays = 7;
export const monthDays = 28;

/** Use by a set of contacts up to and with one day. */
export interface AdoptionFigures {
  /** Contacts active on the day, in its week, in its month. */
  readonly dau: number;
  readonly wau: number;
  readonly mau: number;
  /** Features used in the month: by anybody, and by one active contact on average. */
  readonly breadth: { readonly features: number; readonly featuresPerContact: number | null };
  /** Days of the month on which one active contact was there, on average; null without any. */
  readonly depth: { readonly activeDaysPerContact: number | null };
}

export interface FeatureUse {
  readonly product: string | null;
  readonly feature: string;
  /** Contacts that used it in the month, and on how many days in all. */
  readonly contacts: number;
  readonly contactDays: number;
  readonly lastDay: EpochDay;
}

export interface Adoption {
  readonly total: AdoptionFigures;
  /** `null`: contacts without a role. One with several roles counts for each. */
  readonly byRole: readonly (AdoptionFigures & { readonly role: Role | null })[];
  /** `null`: use that names no product. */
  readonly byProduct: readonly (AdoptionFigures & { readonly product: string | null })[];
  /** Most used first. */
  readonly features: readonly FeatureUse[];
  /** The days of the month, oldest first. */
  readonly days: readonly { readonly day: EpochDay; readonly dau: number; readonly wau: number; readonly mau: number }[];
}

/** One contact's use as bits of the days up to the day that is told of. */
export interface ContactUse {
  readonly contact: ContactFacts;
  readonly any: bigint;
  readonly products: ReadonlyMap<string | null, bigint>;
  readonly features: readonly { readonly product: string | null; readonly feature: string; readonly bits: bigint }[];
}

const mask = (days: number): bigint => (1n << BigInt(days)) - 1n;
const isWithin = (bits: bigint, days: number): boolean => (bits & mask(days)) !== 0n;
const month = mask(monthDays);

/** What one contact used up to and with `day`. */
export function useOf(contact: ContactFacts, day: EpochDay): ContactUse {
  let any = 0n;
  const products = new Map<string | null, bigint>();
  const features: ContactUse['features'][number][] = [];
  for (const [key, days] of contact.uses) {
    const { product, feature } = partsOfUse(key);
    const bits = bitsUpTo(days, day);
    if (feature !== '') features.push({ product, feature, bits });
    else {
      products.set(product, bits);
      any |= bits;
    }
  }
  return { contact, any, products, features };
}

/** Days of the month with use. */
export function activeDaysOf(bits: bigint): number {
  let count = 0;
  for (let left = bits & month; left !== 0n; left &= left - 1n) count += 1;
  return count;
}

/** Features used in the month. */
export const featuresOf = (use: ContactUse): ContactUse['features'] => use.features.filter(({ bits }) => isWithin(bits, monthDays));

/** Who used what, of all contacts of an account, up to and with `day`. */
export function adoptionOf(uses: readonly ContactUse[], day: EpochDay): Adoption {
  const figures = (members: readonly ContactUse[], daysOf = (use: ContactUse): bigint => use.any, used = featuresOf): AdoptionFigures => {
    const active = members.filter((use) => isWithin(daysOf(use), monthDays));
    const perContact = (sum: number): number | null => (active.length === 0 ? null : Math.round((100 * sum) / active.length) / 100);
    const features = active.flatMap(used);
    return {
      dau: members.filter((use) => isWithin(daysOf(use), 1)).length,
      wau: members.filter((use) => isWithin(daysOf(use), weekDays)).length,
      mau: active.length,
      breadth: { features: new Set(features.map(({ product, feature }) => `${product ?? ''}\n${feature}`)).size, featuresPerContact: perContact(features.length) },
      depth: { activeDaysPerContact: perContact(active.reduce((sum, use) => sum + activeDaysOf(daysOf(use)), 0)) },
    };
  };
  const roles = [...new Set<Role | null>(uses.flatMap(({ contact }): (Role | null)[] => roleList(contact)))];
  const products = [...new Set(uses.flatMap(({ products: all }) => [...all.keys()]))].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
  return {
    total: figures(uses),
    byRole: roleOrder.filter((role) => roles.includes(role)).map((role) => ({ role, ...figures(uses.filter(({ contact }) => roleList(contact).includes(role))) })),
    byProduct: products.map((product) => ({ product, ...figures(uses, (use) => use.products.get(product) ?? 0n, (use) => featuresOf(use).filter((one) => one.product === product)) })),
    features: featureList(uses, day),
    days: Array.from({ length: monthDays }, (_, i) => monthDays - 1 - i).map((back) => {
      const within = (days: number): number => uses.filter(({ any }) => isWithin(any >> BigInt(back), days)).length;
      return { day: day - back, dau: within(1), wau: within(weekDays), mau: within(monthDays) };
    }),
  };
}

const roleOrder: readonly (Role | null)[] = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user', null];

function roleList(contact: ContactFacts): (Role | null)[] {
  const roles = rolesIn(rolesOf(contact));
  return roles.length === 0 ? [null] : roles;
}

function featureList(uses: readonly ContactUse[], day: EpochDay): FeatureUse[] {
  const found = new Map<string, FeatureUse>();
  for (const use of uses) {
    for (const { product, feature, bits } of featuresOf(use)) {
      const key = `${product ?? ''}\n${feature}`;
      const known = found.get(key) ?? { product, feature, contacts: 0, contactDays: 0, lastDay: -Infinity };
      let back = 0;
      while (((bits >> BigInt(back)) & 1n) === 0n) back += 1;
      found.set(key, { ...known, contacts: known.contacts + 1, contactDays: known.contactDays + activeDaysOf(bits), lastDay: Math.max(known.lastDay, day - back) });
    }
  }
  return [...found].sort(([a, one], [b, other]) => other.contacts - one.contacts || other.contactDays - one.contactDays || (a < b ? -1 : 1)).map(([, use]) => use);
}
