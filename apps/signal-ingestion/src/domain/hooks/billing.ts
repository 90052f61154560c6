import type { SignalData } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import { instant, named } from './fields.js';

/** What billing systems have in common: periods become terms, prices become a year's worth. */

/** How often a year holds a period: a week and a day are counted out, a month is a twelfth. */
const periodsPerYear: Readonly<Record<string, number>> = { day: 365, week: 52, weekly: 52, month: 12, monthly: 12, quarter: 4, quarterly: 4, semiannual: 2, year: 1, yearly: 1 };

/** A year's worth of `amountMinor` every `count` periods; null where the period has no known length. */
export function perYear(amountMinor: number, period: unknown, count: number): number | null {
  const periods = named(periodsPerYear, period);
  return periods === undefined || !(count > 0) ? null : (amountMinor * periods) / count;
}

export interface Term {
  readonly startsOn: string;
  /** Its last day. */
  readonly endsOn: string;
}

/** A period [from, to) as a term: its last day is the one before the next begins. Null where it is none. */
export function termOf(from: unknown, to: unknown): Term | null {
  const start = instant(from);
  const end = instant(to);
  if (start === null || end === null || end < start) return null;
  const startsOn = start.slice(0, 10);
  const before = new Date(Date.parse(`${end.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  return { startsOn, endsOn: before < startsOn ? startsOn : before };
}

export const currencyOf = (value: unknown): string | null => (typeof value === 'string' && /^[a-z]{3}$/i.test(value) ? value.toUpperCase() : null);

export const amountUnknown: ItemFault = { code: 'amount_unknown', pointer: '', detail: 'its price is not a fixed amount for a known period (tiers, usage): enter the contract by hand, or send it through a generic source' };
export const termUnknown: ItemFault = { code: 'term_unknown', pointer: '', detail: 'names no period with a start and an end' };

export type Contract = SignalData['contract'];
