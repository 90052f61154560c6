import type { AccountFacts } from './account-facts.js';
import { arrOn } from './arr.js';
import type { ContractEntry } from './contract-entry.js';
import { contractTimeline, type ContractTimeline } from './contract-terms.js';
import { dayOf, type Day } from './day.js';
import { forecastOf, type RenewalForecast } from './forecast.js';
import { attainmentOn } from './goal-attainment.js';
import { nextLookAfter } from './next-look.js';
import type { PriorDocument } from './prior-document.js';
import { renewalsOf, type ContractRenewal, type RenewalPolicy } from './renewal.js';

export interface ForecastRenewal extends ContractRenewal {
  readonly forecast: RenewalForecast | null;
}

/** The verdict on one account: what it pays, what falls due, how likely it renews. */
export interface AccountForecast {
  /** Sum of the contracts in force on the day, minor units. */
  readonly arrMinor: number;
  readonly currency: string | null;
  /** By date, then id. */
  readonly renewals: readonly ForecastRenewal[];
  /** Next day on which time alone changes this; null: never. */
  readonly nextLookOn: Day | null;
}

/** Decided renewals kept per contract: the newest. */
const decidedKept = 40;

/** The verdict as of an instant, from the whole ledger of the account in any order. */
export function forecastAccount(ledger: readonly ContractEntry[], facts: AccountFacts, asOf: string, prior: PriorDocument, policy: RenewalPolicy): AccountForecast {
  const today = dayOf(asOf);
  const timelines = timelinesOf(ledger, today);
  const goals = attainmentOn(facts.goals, today, prior.goals);
  const forecast = (renewal: ContractRenewal, day: Day) => forecastOf(renewal, { goals: day === today ? goals : attainmentOn(facts.goals, day, prior.goals), health: facts.health }, day, prior);
  const due = timelines.flatMap((timeline) => newest(renewalsOf(timeline, today, policy)));
  const renewals = due.sort(byDate).map((renewal): ForecastRenewal => ({ ...renewal, forecast: forecast(renewal, today) }));
  return {
    arrMinor: timelines.reduce((total, timeline) => total + arrOn(timeline, today), 0),
    currency: ledger[0]?.currency ?? null,
    renewals,
    nextLookOn: nextLookAfter(today, { timelines, renewals, goals, policy, forecast }),
  };
}

/** One timeline per contract, by contract id. */
export function timelinesOf(ledger: readonly ContractEntry[], today: Day): ContractTimeline[] {
  const byContract = Map.groupBy(ledger, ({ contractId }) => contractId);
  return [...byContract].sort(([a], [b]) => (a < b ? -1 : 1)).map(([contractId, entries]) => contractTimeline(contractId, entries, today));
}

function newest(renewals: readonly ContractRenewal[]): ContractRenewal[] {
  const pendingFrom = renewals.length - decidedKept;
  return renewals.filter((renewal, index) => index >= pendingFrom || renewal.outcome === null);
}

function byDate(a: ContractRenewal, b: ContractRenewal): number {
  if (a.renewalOn !== b.renewalOn) return a.renewalOn < b.renewalOn ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
