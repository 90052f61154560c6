import { isoDay } from '../time/day.js';
import type { AccountOutcome, Alerts } from './simulate-account.js';

export interface Unanswered {
  readonly accounts: number;
  readonly accountDays: number;
}

/** What a simulation counted so far, as JSON: adding accounts in any order, or adding up parts, gives the same. */
export interface Tally {
  /** Accounts of which days were kept, and others. */
  readonly accounts: number;
  readonly withoutDays: number;
  readonly accountDays: number;
  /** Accounts by their band on their last day, as `green>amber`: in force, then by the draft. */
  readonly bands: Readonly<Record<string, number>>;
  readonly riskLevels: Readonly<Record<string, number>>;
  /** Accounts whose band differs on any day. */
  readonly differing: number;
  readonly newlyUnknown: number;
  readonly noLongerUnknown: number;
  /** By the Monday (ISO) that the week begins with. */
  readonly weeks: Readonly<Record<string, { readonly inForce: Alerts; readonly draft: Alerts }>>;
  readonly unanswered: { readonly inForce: Readonly<Record<string, Unanswered>>; readonly draft: Readonly<Record<string, Unanswered>> };
}

export const emptyTally: Tally = { accounts: 0, withoutDays: 0, accountDays: 0, bands: {}, riskLevels: {}, differing: 0, newlyUnknown: 0, noLongerUnknown: 0, weeks: {}, unanswered: { inForce: {}, draft: {} } };

/** `null`: an account of which no day was kept. */
export function tallyOf(outcome: AccountOutcome | null): Tally {
  if (outcome === null) return { ...emptyTally, withoutDays: 1 };
  const { inForce, draft } = outcome;
  const missing = (found: ReadonlyMap<string, number>) => Object.fromEntries([...found].map(([name, accountDays]) => [name, { accounts: 1, accountDays }]));
  return {
    accounts: 1,
    withoutDays: 0,
    accountDays: outcome.days,
    bands: { [`${inForce.band}>${draft.band}`]: 1 },
    riskLevels: { [`${inForce.riskLevel}>${draft.riskLevel}`]: 1 },
    differing: outcome.differingDays > 0 ? 1 : 0,
    newlyUnknown: inForce.band !== 'unknown' && draft.band === 'unknown' ? 1 : 0,
    noLongerUnknown: inForce.band === 'unknown' && draft.band !== 'unknown' ? 1 : 0,
    weeks: Object.fromEntries([...outcome.weeks].map(([week, alerts]) => [isoDay(week), alerts])),
    unanswered: { inForce: missing(outcome.unanswered.inForce), draft: missing(outcome.unanswered.draft) },
  };
}

type Counts = { readonly [field: string]: number | Counts };

/** The two together. */
export const addUp = (a: Tally, b: Tally): Tally => added(a as unknown as Counts, b as unknown as Counts) as unknown as Tally;

function added(a: Counts, b: Counts): Counts {
  const sum: Record<string, number | Counts> = { ...a };
  for (const [field, value] of Object.entries(b)) {
    const known = sum[field];
    if (known === undefined) sum[field] = value;
    else sum[field] = typeof value === 'number' ? (known as number) + value : added(known as Counts, value);
  }
  return sum;
}
