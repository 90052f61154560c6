import type { Day } from './day.js';
import type { Attainment } from './goal-attainment.js';
import type { HealthReading } from './health-reading.js';
import type { PriorDocument } from './prior-document.js';
import { isPending, type ContractRenewal } from './renewal.js';
import { scorecard, type Driver } from './scorecard.js';

/** How likely one pending renewal is, and why; see `Forecast` of the contracts. */
export interface RenewalForecast {
  readonly probability: number;
  readonly method: 'scorecard' | 'state';
  /** Outcomes the method rests on: none, both rest on the prior alone. */
  readonly outcomes: 0;
  readonly seedPrior: number | null;
  readonly baseLogOdds: number | null;
  readonly drivers: readonly Driver[];
  readonly text: string;
  readonly model: string;
}

export interface Evidence {
  readonly goals: Attainment;
  readonly health: HealthReading | null;
}

/** Forecast of a renewal as of `today`: what its state says, else the scorecard. Null once it is decided. */
export function forecastOf(renewal: ContractRenewal, evidence: Evidence, today: Day, prior: PriorDocument): RenewalForecast | null {
  if (!isPending(renewal.state)) return null;
  const model = `${prior.id}-r${prior.revision}`;
  const byState = (probability: number, text: string): RenewalForecast => ({
    probability, method: 'state', outcomes: 0, seedPrior: probability, baseLogOdds: null, drivers: [], text, model,
  });
  if (renewal.state === 'churn_notified') return byState(prior.states.churnNotified, 'notice given: the rate at which such accounts are won back');
  if (renewal.state === 'agreed') return byState(prior.states.agreed, 'agreed: signed for the next term');
  const scored = scorecard({ termDays: renewal.termDays, ...evidence }, today, prior);
  if (renewal.autoRenew && today > renewal.noticeOn) {
    const probability = Math.max(prior.states.autoRenewPastNotice, scored.probability);
    return byState(probability, `renews by itself on ${renewal.renewalOn}: no notice was given by ${renewal.noticeOn}`);
  }
  return { ...scored, method: 'scorecard', outcomes: 0, model };
}
