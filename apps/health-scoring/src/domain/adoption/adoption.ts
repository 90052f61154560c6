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
  /** `key` names product and feature. */
  readonly features: readonly { readonly key: string; readonly product: string | null; readonly feature: string; readonly bits: bigint }[];
}

const month = (1n << BigInt(monthDays)) - 1n;
/** The bits of the month, as a number: twice as fast. */
const inMonth = (bits: bigint): number => Number(bits & month);

/** What one contact used up to and with `day`. */
export function useOf(contact: ContactFacts, day: EpochDay): ContactUse {
  let any = 0n;
  const products = new Map<string | null, bigint>();
  const features: ContactUse['features'][number][] = [];
  for (const [key, days] of contact.uses) {
    const { product, feature } = partsOfUse(key);
    const bits = bitsUpTo(days, day);
    if (feature !== '') features.push({ key, product, feature, bits });
    else {
      products.set(product, bits);
      any |= bits;
    }
  }
  return { contact, any, products, features };
}

/** Days of the month with use. */
export const activeDaysOf = (bits: bigint): number => countOf(inMonth(bits));

function countOf(days: number): number {
  let count = 0;
  for (let left = days; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Features used in the month. */
export const featuresOf = (use: ContactUse): ContactUse['features'] => use.features.filter(({ bits }) => inMonth(bits) !== 0);

/** Adds up contacts of one set. */
class Added {
  private dau = 0;
  private wau = 0;
  private mau = 0;
  private activeDays = 0;
  private contactFeatures = 0;
  private readonly features = new Set<string>();

  /** `days` of the month as bits, and what was used in it. */
  add(days: number, used: ContactUse['features']): void {
    if (days === 0) return;
    if ((days & 1) !== 0) this.dau += 1;
    if ((days & ((1 << weekDays) - 1)) !== 0) this.wau += 1;
    this.mau += 1;
    this.activeDays += countOf(days);
    this.contactFeatures += used.length;
    for (const { key } of used) this.features.add(key);
  }

  figures(): AdoptionFigures {
    const { dau, wau, mau } = this;
    const perContact = (sum: number): number | null => (mau === 0 ? null : Math.round((100 * sum) / mau) / 100);
    return { dau, wau, mau, breadth: { features: this.features.size, featuresPerContact: perContact(this.contactFeatures) }, depth: { activeDaysPerContact: perContact(this.activeDays) } };
  }
}

/** Adds up who used what, contact by contact in any order, up to and with `day`: an account may have more contacts than can be added up in one go. */
export class AdoptionCount {
  private readonly total = new Added();
  private readonly byRole = new Map<Role | null, Added>();
  private readonly byProduct = new Map<string | null, Added>();
  private readonly features = new Map<string, FeatureUse>();
  /** By how long ago the day was. */
  private readonly days = Array.from({ length: monthDays }, () => ({ dau: 0, wau: 0, mau: 0 }));

  constructor(private readonly day: EpochDay) {}

  add(use: ContactUse): void {
    const days = inMonth(use.any);
    const used = featuresOf(use);
    this.total.add(days, used);
    for (const role of roleList(use.contact)) addedOf(this.byRole, role).add(days, used);
    for (const [product, bits] of use.products) addedOf(this.byProduct, product).add(inMonth(bits), used.filter((one) => one.product === product));
    for (const one of used) this.addFeature(one);
    this.addDays(days, inMonth(use.any >> BigInt(monthDays)));
  }

  private addFeature({ key, product, feature, bits }: ContactUse['features'][number]): void {
    const days = inMonth(bits);
    const { contacts, contactDays, lastDay } = this.features.get(key) ?? { contacts: 0, contactDays: 0, lastDay: -Infinity };
    this.features.set(key, { product, feature, contacts: contacts + 1, contactDays: contactDays + countOf(days), lastDay: Math.max(lastDay, this.day - lowestOf(days)) });
  }

  /** `days` of the month and of the one before it: of each day of the month, how long ago the last use was then. */
  private addDays(days: number, before: number): void {
    let last = Infinity;
    for (let back = 2 * monthDays - 1; back >= 0; back -= 1) {
      if ((back < monthDays ? (days >> back) & 1 : (before >> (back - monthDays)) & 1) === 1) last = back;
      if (back >= monthDays || last - back >= monthDays) continue;
      const sums = this.days[back]!;
      sums.mau += 1;
      if (last - back < weekDays) sums.wau += 1;
      if (last === back) sums.dau += 1;
    }
  }

  adoption(): Adoption {
    const roles = roleOrder.filter((role) => this.byRole.has(role));
    const products = [...this.byProduct.keys()].sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
    return {
      total: this.total.figures(),
      byRole: roles.map((role) => ({ role, ...addedOf(this.byRole, role).figures() })),
      byProduct: products.map((product) => ({ product, ...addedOf(this.byProduct, product).figures() })),
      features: [...this.features].sort(([a, one], [b, other]) => other.contacts - one.contacts || other.contactDays - one.contactDays || (a < b ? -1 : 1)).map(([, use]) => use),
      days: this.days.map((sums, back) => ({ day: this.day - back, ...sums })).reverse(),
    };
  }
}

function addedOf<Key>(all: Map<Key, Added>, key: Key): Added {
  let added = all.get(key);
  if (added === undefined) all.set(key, (added = new Added()));
  return added;
}

/** Place of the lowest bit that is set. */
const lowestOf = (bits: number): number => 31 - Math.clz32(bits & -bits);

const roleOrder: readonly (Role | null)[] = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user', null];

function roleList(contact: ContactFacts): (Role | null)[] {
  const roles = rolesIn(rolesOf(contact));
  return roles.length === 0 ? [null] : roles;
}
