import type { ContractTimeline } from './contract-terms.js';
import { addDays, daysBetween, type Day } from './day.js';
import type { RenewalForecast } from './forecast.js';
import type { Attainment } from './goal-attainment.js';
import { isPending, type ContractRenewal, type RenewalPolicy } from './renewal.js';

interface Looked {
  readonly timelines: readonly ContractTimeline[];
  readonly renewals: readonly (ContractRenewal & { readonly forecast: RenewalForecast | null })[];
  readonly goals: Attainment;
  readonly policy: RenewalPolicy;
  /** The forecast of a renewal if nothing but time passes until `day`. */
  readonly forecast: (renewal: ContractRenewal, day: Day) => RenewalForecast | null;
}

/** A published probability is worth telling again when it has moved by so much. */
export const tellingMove = 0.001;

/** Days ahead searched for a telling move by fading alone. */
const fadingHorizonDays = 2_048;

/** First day after `today` on which time alone may change the verdict; null where no date lies ahead. */
export function nextLookAfter(today: Day, looked: Looked): Day | null {
  const days = [
    ...looked.timelines.flatMap(ledgerDays),
    ...looked.renewals.filter(({ state }) => isPending(state)).flatMap(({ noticeOn, renewalOn }) => [
      addDays(noticeOn, 1),
      addDays(renewalOn, 1),
      addDays(renewalOn, looked.policy.graceDays + 1),
    ]),
    ...(looked.renewals.some(({ state }) => isPending(state)) ? looked.goals.dueDays.map((due) => addDays(due, 1)) : []),
  ].filter((day) => day > today);
  const nextDate = days.length === 0 ? null : days.reduce((a, b) => (a < b ? a : b));
  const fades = looked.renewals.flatMap((renewal) => fadesOn(renewal, today, nextDate, looked) ?? []);
  return [...fades, ...(nextDate === null ? [] : [nextDate])].sort()[0] ?? null;
}

/** Days on which what a contract pays changes. */
function ledgerDays({ terms, values }: ContractTimeline): Day[] {
  const ends = terms.flatMap(({ endsOn, standing }) => [
    ...(endsOn === null ? [] : [addDays(endsOn, 1)]),
    ...(standing.ended ? [standing.ended.from] : []),
    ...(standing.lost?.effectiveOn ? [standing.lost.effectiveOn] : []),
  ]);
  return [...terms.map(({ startsOn }) => startsOn), ...values.map(({ from }) => from), ...ends];
}

/**
 * The first day before `until` by which fading alone moves a probability tellingly, found by halving
 * (between two dates fading goes one way); null when it does not.
 */
function fadesOn(renewal: Looked['renewals'][number], today: Day, until: Day | null, { forecast, goals }: Looked): Day | null {
  const now = renewal.forecast?.probability;
  if (now === undefined || goals.goalClass === null) return null;
  const moved = (days: number) => Math.abs((forecast(renewal, addDays(today, days))?.probability ?? now) - now) >= tellingMove;
  const horizon = until === null ? fadingHorizonDays : Math.min(fadingHorizonDays, daysBetween(today, until) - 1);
  if (horizon < 1 || !moved(horizon)) return null;
  let low = 0;
  let high = horizon;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (moved(middle)) high = middle;
    else low = middle;
  }
  return addDays(today, high);
}
