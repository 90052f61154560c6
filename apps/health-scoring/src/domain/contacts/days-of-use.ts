import type { EpochDay } from '../time/day.js';
import type { ContactFacts } from './contact-facts.js';

/** Days with use: bit i is the day `newest` - i, 64 days. */
export interface DaysOfUse {
  newest: EpochDay;
  bits: bigint;
}

export const useDaysKept = 64;
const kept = (1n << BigInt(useDaysKept)) - 1n;
/** Uses told apart of one contact: products, and features of products. Further ones count once an old one is out of sight. */
const mostUses = 40;

/** Key of `ContactFacts.uses`: a product ('' where none is named) and a feature of it ('' for any use). */
export const useKey = (product: string | null, feature: string): string => `${product ?? ''}\n${feature}`;
export function partsOfUse(key: string): { product: string | null; feature: string } {
  const [product = '', feature = ''] = key.split('\n');
  return { product: product === '' ? null : product, feature };
}

/** The contact used the feature of the product on `day`. False when that is known, or too old. */
export function markUse(contact: ContactFacts, product: string | null, feature: string | undefined, day: EpochDay): boolean {
  const isNews = markDay(contact, useKey(product, ''), day);
  return feature === undefined ? isNews : markDay(contact, useKey(product, feature), day) || isNews;
}

function markDay({ uses }: ContactFacts, key: string, day: EpochDay): boolean {
  const days = uses.get(key);
  if (days === undefined) {
    if (uses.size >= mostUses) for (const [old, { newest }] of uses) if (day - newest >= useDaysKept) uses.delete(old);
    if (uses.size >= mostUses) return false;
    uses.set(key, { newest: day, bits: 1n });
    return true;
  }
  if (day > days.newest) {
    days.bits = ((days.bits << BigInt(Math.min(day - days.newest, useDaysKept))) | 1n) & kept;
    days.newest = day;
    return true;
  }
  const bit = 1n << BigInt(days.newest - day);
  if (days.newest - day >= useDaysKept || (days.bits & bit) !== 0n) return false;
  days.bits |= bit;
  return true;
}

/** The days with use as bits of the days up to `day`: bit i is `day` - i. */
export function bitsUpTo({ newest, bits }: DaysOfUse, day: EpochDay): bigint {
  if (newest > day) return newest - day >= useDaysKept ? 0n : bits >> BigInt(newest - day);
  return day - newest >= useDaysKept ? 0n : (bits << BigInt(day - newest)) & kept;
}
