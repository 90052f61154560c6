import { daysBetween, dayOf, laterDay, type Day } from './day.js';
import { metricOf, type GoalEntry, type GoalFacts, type MilestoneEntry } from './goal-facts.js';
import { byTelling, later } from './latest.js';
import type { GoalClass, PriorDocument } from './prior-document.js';

/** What the goals that are due, or met before their date, say together. */
export interface Attainment {
  /** Weighted mean of (actual - baseline) / (target - baseline); null where nothing is measured. */
  readonly value: number | null;
  /** The class of that value; null where nothing is measured. */
  readonly goalClass: GoalClass | null;
  /** Day of the newest of this evidence: from here it fades. */
  readonly evidenceOn: Day | null;
  /** Dates of goals that are not due yet. */
  readonly dueDays: readonly Day[];
  /** Goals due without evidence. */
  readonly unmeasured: number;
}

interface Reading {
  readonly weight: number;
  /** Decided whatever the date. */
  readonly settled: boolean;
  readonly dueOn: Day | null;
  readonly value: number | null;
  readonly evidenceOn: Day | null;
}

/**
 * Weighted attainment as of `today`: a goal counts once its date has passed or once it
 * is met; one that still runs does not. Evidence is the newest of metric values and confirmations; a
 * confirmation without a number counts as met.
 */
export function attainmentOn(facts: GoalFacts, today: Day, prior: PriorDocument['goals']): Attainment {
  const readings = [...goalReadings(facts, prior), ...milestoneReadings(facts, prior)];
  const isDue = ({ dueOn }: Reading) => dueOn !== null && dueOn < today;
  const counted = readings.filter((reading) => reading.value !== null && (reading.settled || isDue(reading) || reading.value >= 1));
  const dueDays = readings.flatMap(({ dueOn }) => (dueOn !== null && dueOn >= today ? [dueOn] : []));
  const unmeasured = readings.filter((reading) => reading.value === null && isDue(reading)).length;
  if (counted.length === 0) return { value: null, goalClass: null, evidenceOn: null, dueDays, unmeasured };

  const weights = sum(counted.map(({ weight }) => weight));
  const value = sum(counted.map((reading) => reading.weight * reading.value!)) / weights;
  const goalClass = prior.classes.find(({ from }) => from === null || value >= from) ?? null;
  return { value, goalClass, evidenceOn: counted.map(settledOn).reduce(laterDay), dueDays, unmeasured };
}

/** A goal met is settled by its evidence; one not met by its date, or by evidence after it. */
function settledOn({ settled, value, dueOn, evidenceOn }: Reading): Day {
  if (settled || dueOn === null || value! >= 1) return evidenceOn!;
  return laterDay(dueOn, evidenceOn!);
}

function goalReadings(facts: GoalFacts, prior: PriorDocument['goals']): Reading[] {
  const byGoal = Map.groupBy(facts.goals, ({ goalId }) => goalId);
  return byId([...byGoal]).flatMap((told) => goalReading([...told].sort(byTelling), facts, prior) ?? []);
}

/** In the order of ids, so that sums are the same bit for bit whatever came first. */
function byId<V>(entries: readonly (readonly [string, V])[]): V[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function goalReading(entries: readonly GoalEntry[], facts: GoalFacts, prior: PriorDocument['goals']): Reading | null {
  const lastWord = entries.findLast(({ status }) => status !== 'confirmed');
  if (lastWord?.status === 'dropped') return null;
  const { definition, target } = definitionOf(entries, prior.targetFrozenDays);
  const attained = (actual: number) => (actual - definition.baseline) / (target - definition.baseline);
  const metric = metricOf(facts, definition.metric);
  const confirmed = entries.findLast(({ status }) => status === 'confirmed');
  const fromMetric = metric && { ...metric, attained: attained(metric.value) };
  const fromCustomer = confirmed && { id: confirmed.id, occurredAt: confirmed.occurredAt, attained: confirmed.actual === null ? 1 : attained(confirmed.actual) };
  const evidence = fromCustomer ? later(fromMetric, fromCustomer) : fromMetric;
  return {
    weight: definition.weight,
    settled: false,
    dueOn: definition.dueOn,
    value: evidence && Number.isFinite(evidence.attained) ? evidence.attained : null,
    evidenceOn: evidence ? dayOf(evidence.occurredAt) : null,
  };
}

/** The newest definition; its target is the hardest one that stood when the goal was close to its date. */
function definitionOf(entries: readonly GoalEntry[], frozenDays: number): { definition: GoalEntry; target: number } {
  const definitions = entries.filter(({ status }) => status === 'set');
  const definition = definitions.at(-1) ?? entries.at(-1)!;
  let target = (definitions[0] ?? definition).target;
  for (const next of definitions.slice(1)) {
    const lowered = Math.abs(next.target - definition.baseline) < Math.abs(target - definition.baseline);
    const tooLate = daysBetween(dayOf(next.occurredAt), next.dueOn) < frozenDays;
    if (!(lowered && tooLate)) target = next.target;
  }
  return { definition, target };
}

function milestoneReadings(facts: GoalFacts, prior: PriorDocument['goals']): Reading[] {
  return byId(Object.entries(facts.milestones))
    .filter(({ phase }) => prior.milestonePhases.includes(phase))
    .map((milestone) => milestoneReading(milestone, prior.milestoneWeight));
}

function milestoneReading({ status, due, occurredAt }: MilestoneEntry, weight: number): Reading {
  const dueOn = due?.on ?? null;
  // A plan whose date passes without word is missed by then.
  if (status === 'planned') return { weight, settled: false, dueOn, value: dueOn === null ? null : 0, evidenceOn: dueOn };
  return { weight, settled: true, dueOn, value: status === 'achieved' ? 1 : 0, evidenceOn: dayOf(occurredAt) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
