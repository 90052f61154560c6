import type { VerdictMemory } from '../state.js';
import type { EpochDay } from '../time/day.js';
import type { CompiledMeasure, CompiledScorecard, ScorecardRef } from './compile-scorecard.js';

/** An account on its way from one scorecard to another: each day the new one's weights count for a step more. */
export interface Passage {
  /** The scorecard it leaves; the revision of it that is in force counts. */
  readonly from: string;
  readonly since: EpochDay;
  /** Days of the way that the last look went by, from 0 (the old weights alone) to one below all. */
  readonly step: number;
}

/** How far on its way an account was on one day. */
export interface DayPassage {
  readonly from: ScorecardRef;
  /** Days done of `days`: the part for which the new weights count. */
  readonly step: number;
  readonly days: number;
}

const usualDays = 14;
/** What judged for less than a whole day was a mistake of half the facts: nothing has to be left gently. */
const fewestDays = 2;

/** What the way of an account goes on from. */
export type JudgedSoFar = Pick<VerdictMemory, 'judgedBy' | 'judgedSince' | 'passage'>;

/** True when the scorecard that judged last did so for less than a whole day. */
export const isHardlyJudged = ({ judgedSince }: Pick<JudgedSoFar, 'judgedSince'>, today: EpochDay): boolean => today - judgedSince < fewestDays;

/** Days of a passage to the scorecard; 0: it takes over at once. */
export const switchDaysOf = ({ switchDays }: Pick<CompiledScorecard, 'switchDays'>): number => switchDays ?? usualDays;

/**
 * How the account comes to be judged by `to` today, by what judged it before; null: by `to` alone. `atOnce`: the scorecards
 * changed, not the account. Who turns back half-way goes back from there; who hardly left the first scorecard when a third takes
 * over passes from the first, which still judges.
 */
export function passageTo(to: CompiledScorecard, memory: JudgedSoFar, today: EpochDay, atOnce: boolean): Passage | null {
  const { judgedBy, passage } = memory;
  if (judgedBy === null) return null;
  const days = switchDaysOf(to);
  let way: Pick<Passage, 'from' | 'since'>;
  if (judgedBy.id === to.id) {
    if (passage === null) return null;
    way = passage;
  } else {
    const isHardly = isHardlyJudged(memory, today);
    if (atOnce || (isHardly && passage === null)) return null;
    if (passage?.from === to.id) way = { from: judgedBy.id, since: today - Math.max(0, days - passage.step) };
    else way = { from: isHardly && passage !== null ? passage.from : judgedBy.id, since: today };
  }
  const step = Math.max(0, today - way.since);
  return step < days ? { from: way.from, since: way.since, step } : null;
}

const made = new WeakMap<CompiledScorecard, WeakMap<CompiledScorecard, Map<string, CompiledScorecard>>>();

const weightOf = (measures: readonly CompiledMeasure[]): number => measures.reduce((sum, { weight }) => sum + weight, 0);
const rounded = (weight: number): number => Math.round(weight * 10_000) / 10_000;

/**
 * `to` with the measures of both, each with its share of both weights, in the scale of `to`; at step 0 the old weights alone. What
 * both have is read as `to` says, and so are bands, caps and everything else: only weights are mixed. Of the same two it is made once.
 */
export function mixed(from: CompiledScorecard, to: CompiledScorecard, { step, days }: Pick<DayPassage, 'step' | 'days'>): CompiledScorecard {
  let between = made.get(from);
  if (between === undefined) made.set(from, (between = new WeakMap()));
  let steps = between.get(to);
  if (steps === undefined) between.set(to, (steps = new Map<string, CompiledScorecard>()));
  const key = `${step}/${days}`;
  let card = steps.get(key);
  if (card === undefined) steps.set(key, (card = mix(from, to, step, days)));
  return card;
}

function mix(from: CompiledScorecard, to: CompiledScorecard, step: number, days: number): CompiledScorecard {
  const share = step / days;
  const scale = weightOf(to.measures) / weightOf(from.measures);
  const before = new Map(from.measures.map((entry) => [entry.id, entry]));
  const kept = to.measures.map((entry) => ({ ...entry, weight: rounded(share * entry.weight + (1 - share) * scale * (before.get(entry.id)?.weight ?? 0)) }));
  const after = new Set(to.measures.map(({ id }) => id));
  const left = from.measures.filter(({ id }) => !after.has(id)).map((entry) => ({ ...entry, weight: rounded((1 - share) * scale * entry.weight) }));
  return { ...to, measures: [...kept, ...left] };
}
