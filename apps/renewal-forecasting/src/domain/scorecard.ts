import { daysBetween, type Day } from './day.js';
import type { Attainment } from './goal-attainment.js';
import type { HealthReading } from './health-reading.js';
import { logistic, logit } from './log-odds.js';
import type { GoalClass, IndicatorWeight, PriorDocument } from './prior-document.js';

export interface Driver {
  readonly id: string;
  readonly text: string;
  readonly logOdds: number;
}

/** A probability that explains itself: baseLogOdds + the sum of drivers = its log-odds, within 1e-9. */
export interface Scored {
  readonly probability: number;
  /** Where the goals alone would start, before fading, weights and limits. */
  readonly seedPrior: number;
  readonly baseLogOdds: number;
  readonly drivers: readonly Driver[];
  /** What is known of the goals. */
  readonly text: string;
}

export interface ScorecardInputs {
  /** Length of the term in days. */
  readonly termDays: number;
  readonly goals: Attainment;
  readonly health: HealthReading | null;
}

/**
 * Probability to renew by the `scorecard` method: log-odds = base + goals + the worst
 * weight of each group, published within the prior's bounds.
 */
export function scorecard(inputs: ScorecardInputs, today: Day, prior: PriorDocument): Scored {
  const base = baseLogOdds(inputs.termDays, prior);
  const evidence = [goalDriver(inputs.goals, base, today, prior), ...indicatorDrivers(inputs.health, prior), pulseDriver(inputs.health, prior)];
  const drivers = evidence.filter((driver) => driver !== null);
  const logOdds = drivers.reduce((total, driver) => total + driver.logOdds, base);
  const limit = publishedLimit(logOdds, prior);
  const { goalClass } = inputs.goals;
  return {
    probability: logistic(logOdds + (limit?.logOdds ?? 0)),
    seedPrior: logistic(base + (goalClass ? goalShift(goalClass, base) : 0)),
    baseLogOdds: base,
    drivers: limit ? [...drivers, limit] : drivers,
    text: goalLabel(inputs.goals, prior),
  };
}

function baseLogOdds(termDays: number, prior: PriorDocument): number {
  const entry = prior.baseByTermLength.find(({ upToDays }) => upToDays === null || termDays <= upToDays);
  if (!entry) throw new RangeError(`prior ${prior.id} has no base for a term of ${termDays} days`);
  return logit(entry.probability);
}

/** Log-odds a class of attainment adds to the base while its evidence is fresh. */
function goalShift({ start }: GoalClass, base: number): number {
  return 'shift' in start ? start.shift : logit(start.probability) - base;
}

function goalDriver(goals: Attainment, base: number, today: Day, prior: PriorDocument): Driver | null {
  if (goals.goalClass === null || goals.evidenceOn === null) return null;
  const age = Math.max(0, daysBetween(goals.evidenceOn, today));
  const logOdds = goalShift(goals.goalClass, base) * 0.5 ** (age / prior.goals.halfLifeDays);
  const percent = Math.round(goals.value! * 100);
  return { id: 'goals', text: `${goals.goalClass.label}: ${percent} % of plan, evidence of ${goals.evidenceOn}`, logOdds };
}

function goalLabel(goals: Attainment, prior: PriorDocument): string {
  if (goals.goalClass) return goals.goalClass.label;
  if (goals.unmeasured > 0) return `${prior.goals.unmeasuredLabel}: ${goals.unmeasured} due without evidence`;
  if (goals.dueDays.length > 0) return `${prior.goals.unmeasuredLabel} as met or missed: ${goals.dueDays.length} still running`;
  return prior.goals.unmeasuredLabel;
}

function indicatorDrivers(health: HealthReading | null, prior: PriorDocument): (Driver | null)[] {
  return Object.values(prior.indicatorGroups).map((weights) => worst(health, weights));
}

function worst(health: HealthReading | null, weights: readonly IndicatorWeight[]): Driver | null {
  let found: Driver | null = null;
  for (const { kind, severe, text } of health?.indicators ?? []) {
    for (const weight of weights) {
      if (weight.kind !== kind || (weight.severe !== null && weight.severe !== severe)) continue;
      if (found === null || weight.logOdds < found.logOdds) found = { id: kind, text, logOdds: weight.logOdds };
    }
  }
  return found;
}

function pulseDriver(health: HealthReading | null, prior: PriorDocument): Driver | null {
  if (!health || health.pulse === null) return null;
  const logOdds = prior.pulse[health.pulse];
  return logOdds === undefined ? null : { id: 'pulse', text: `CSM pulse ${health.pulse} of 5`, logOdds };
}

function publishedLimit(logOdds: number, prior: PriorDocument): Driver | null {
  const { least, most } = prior.publishedWithin;
  const limited = Math.min(logit(most), Math.max(logit(least), logOdds));
  if (limited === logOdds) return null;
  return { id: 'published_limit', text: `no forecast says less than ${Math.round(least * 100)} % or more than ${Math.round(most * 100)} %`, logOdds: limited - logOdds };
}
