import type { RenewalsState } from '@perennial/contracts/renewal';
import type { AccountForecast, ForecastRenewal } from './account-forecast.js';
import type { Published } from './account-state.js';
import { tellingMove } from './next-look.js';

/** The account's state on the `renewals` topic, without the version it is given there. */
export type RenewalsDraft = Omit<RenewalsState, 'version'>;

export function renewalsDraft(accountId: string, forecast: AccountForecast, asOf: string): RenewalsDraft {
  return { accountId, arrMinor: forecast.arrMinor, currency: forecast.currency, renewals: forecast.renewals.map((renewal) => published(accountId, renewal, asOf)) };
}

function published(accountId: string, renewal: ForecastRenewal, asOf: string): RenewalsDraft['renewals'][number] {
  const { id, contractId, startsOn, renewalOn, noticeOn, decidedOn, arrMinor, currency, state, outcome, forecast } = renewal;
  return {
    id, accountId, contractId, startsOn, renewalOn, noticeOn, decidedOn, arrMinor, currency, state, outcome,
    forecast: forecast && { ...forecast, drivers: [...forecast.drivers], asOf },
  };
}

/** All that a reader would miss, the probabilities left out: log-odds move with them, asOf with time. */
export function contentOf(draft: RenewalsDraft): string {
  const renewals = draft.renewals.map(({ forecast, ...fields }) => ({ ...fields, forecast: forecast && contentOfForecast(forecast) }));
  return JSON.stringify([draft.arrMinor, draft.currency, renewals]);
}

function contentOfForecast({ method, outcomes, seedPrior, model, text, drivers }: NonNullable<RenewalsDraft['renewals'][number]['forecast']>): unknown[] {
  return [method, outcomes, seedPrior, model, text, drivers.map(({ id }) => id)];
}

/** True when a probability is `tellingMove` or more away from the one last published. */
export function movedTellingly(draft: RenewalsDraft, before: Published): boolean {
  return Object.entries(probabilitiesOf(draft)).some(([id, probability]) => {
    const last = Object.hasOwn(before.probabilities, id) ? before.probabilities[id]! : Infinity;
    return Math.abs(probability - last) >= tellingMove;
  });
}

export function probabilitiesOf(draft: RenewalsDraft): Published['probabilities'] {
  return Object.fromEntries(draft.renewals.flatMap(({ id, forecast }) => (forecast ? [[id, forecast.probability]] : [])));
}
