import { firstTermStart } from '../facts/fold-contract.js';
import { useByDay } from '../facts/fold-usage.js';
import { sumOf } from '../facts/ring.js';
import { current } from '../facts/spans.js';
import type { AccountHealthState, Band, CauseGroup, RiskLevel } from '../state.js';
import type { EpochDay } from '../time/day.js';

/** How the scores of an account and of all below it become one. */
export const rollUpChoices = ['arr_weighted', 'worst_of', 'mean'] as const;
export type RollUpChoice = (typeof rollUpChoices)[number];

/** One account of a tree as it was last judged. */
export interface TreeAccount {
  readonly id: string;
  readonly name: string | null;
  readonly parentId: string | null;
  /** 0 for the account that is asked for. */
  readonly depth: number;
  readonly arrMinor: number | null;
  readonly currency: string | null;
  readonly healthScore: number | null;
  readonly band: Band;
  readonly riskLevel: RiskLevel;
  readonly strikes: number;
  readonly groups: readonly CauseGroup[];
}

/** One score for the tree, two decimals; null where no account has one, or none of those has ARR to weigh it by. */
export function rolledUp(accounts: readonly Pick<TreeAccount, 'healthScore' | 'arrMinor'>[], by: RollUpChoice): number | null {
  const scored = accounts.flatMap(({ healthScore, arrMinor }) => (healthScore === null ? [] : [{ score: healthScore, weight: by === 'arr_weighted' ? Math.max(0, arrMinor ?? 0) : 1 }]));
  const weight = scored.reduce((sum, one) => sum + one.weight, 0);
  if (weight === 0) return null;
  if (by === 'worst_of') return Math.min(...scored.map(({ score }) => score));
  return Math.round((100 * scored.reduce((sum, one) => sum + one.score * one.weight, 0)) / weight) / 100;
}

const rank: Readonly<Record<RiskLevel, number>> = { red: 0, amber: 1, unknown: 2, green: 3 };

/** The account in the worst state of those below: by risk level, then score, then ARR; null without any. */
export function worstOf(accounts: readonly TreeAccount[]): TreeAccount | null {
  const below = accounts.filter(({ depth }) => depth > 0);
  return below.sort((a, b) => rank[a.riskLevel] - rank[b.riskLevel] || (a.healthScore ?? 101) - (b.healthScore ?? 101) || (b.arrMinor ?? 0) - (a.arrMinor ?? 0) || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** What one account uses and has bought. */
export interface Consumption {
  readonly accountId: string;
  readonly hasContract: boolean;
  /** Quantity of use, and active contacts, in the 28 days up to and with the day. */
  readonly events: number;
  readonly activeContacts: number;
  /** Null: no license was told. */
  readonly seatsBought: number | null;
  /** Assigned where reported, else active contacts. */
  readonly seatsUsed: number;
}

const windowDays = 28;

export function consumptionOf({ accountId, facts }: Pick<AccountHealthState, 'accountId' | 'facts'>, day: EpochDay): Consumption {
  const whole = facts.licenses.get('');
  const licenses = whole === undefined ? [...facts.licenses.values()] : [whole];
  const assigned = licenses.flatMap((license) => (license.assigned === null ? [] : [license.assigned.value]));
  const activeContacts = sumOf(facts.cohort.lastActive, day - windowDays + 1, day);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    accountId,
    hasContract: firstTermStart(facts.contracts) !== null,
    events: useByDay(facts.usage, day - windowDays + 1, day) / 1000,
    activeContacts,
    seatsBought: licenses.length === 0 ? null : sum(licenses.map((license) => current(license.bought)?.value ?? 0)),
    seatsUsed: assigned.length === 0 ? activeContacts : sum(assigned),
  };
}

/**
 * What the contract of the account at the top is used for: by itself and by all below it that have no contract of their own, nor stand below one that
 * has. Null where the top holds none. A contact active in two accounts counts in each.
 */
export function coveredBy(top: string, tree: readonly Pick<TreeAccount, 'id' | 'parentId'>[], uses: readonly Consumption[]): (Omit<Consumption, 'accountId' | 'hasContract'> & { readonly accounts: number; readonly utilisation: number | null }) | null {
  const known = new Map(uses.map((use) => [use.accountId, use]));
  if (known.get(top)?.hasContract !== true) return null;
  const covered = new Set([top]);
  // Parents come before their children.
  for (const { id, parentId } of tree) if (id !== top && parentId !== null && covered.has(parentId) && known.get(id)?.hasContract !== true) covered.add(id);
  const own = uses.filter(({ accountId }) => covered.has(accountId));
  const sum = (value: (use: Consumption) => number): number => own.reduce((total, use) => total + value(use), 0);
  const licensed = own.filter(({ seatsBought }) => seatsBought !== null);
  const seatsBought = licensed.length === 0 ? null : sum((use) => use.seatsBought ?? 0);
  const seatsUsed = sum((use) => use.seatsUsed);
  return { accounts: covered.size, events: sum((use) => use.events), activeContacts: sum((use) => use.activeContacts), seatsBought, seatsUsed, utilisation: seatsBought === null || seatsBought === 0 ? null : Math.round((10_000 * seatsUsed) / seatsBought) / 10_000 };
}
