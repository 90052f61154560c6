import type { CompiledMeasure, CompiledScorecard } from '../scorecard/compile-scorecard.js';

/** What was read of accounts on the days that name it: a measure with its settings, by place. Never changes once it has an id. */
export interface DayPlan {
  /** Where days are kept; 0: they are not. */
  readonly id: number;
  readonly keys: readonly string[];
  /** Place of a reading by its key. */
  readonly places: ReadonlyMap<string, number>;
}

/** A plan that looks can read by. */
export interface ReadingPlan extends DayPlan {
  readonly entries: readonly CompiledMeasure[];
}

export const dayPlanOf = (id: number, keys: readonly string[]): DayPlan => ({ id, keys, places: new Map(keys.map((key, place) => [key, place])) });

/** Everything that the scorecards read, each reading once; the same for the same scorecards in any order. */
export function readingPlanOf(cards: readonly Pick<CompiledScorecard, 'measures'>[], id = 0): ReadingPlan {
  const known = new Map(cards.flatMap(({ measures }) => measures).map((entry) => [entry.readingKey, entry]));
  const entries = [...known.values()].sort((a, b) => (a.readingKey < b.readingKey ? -1 : 1));
  return { ...dayPlanOf(id, entries.map(({ readingKey }) => readingKey)), entries };
}

const placed = new WeakMap<DayPlan, WeakMap<object, readonly (number | undefined)[]>>();

/** Where the plan has what each measure of the scorecard goes by; undefined: nobody read it so. Looked up once for both. */
export function placesIn(plan: DayPlan, card: Pick<CompiledScorecard, 'measures'>): readonly (number | undefined)[] {
  let ofPlan = placed.get(plan);
  if (ofPlan === undefined) placed.set(plan, (ofPlan = new WeakMap()));
  let places = ofPlan.get(card);
  if (places === undefined) ofPlan.set(card, (places = card.measures.map(({ readingKey }) => plan.places.get(readingKey))));
  return places;
}

/** Measures of the scorecard that days read by the plan cannot answer: nobody read them with those settings. */
export const unreadIn = (plan: DayPlan, card: Pick<CompiledScorecard, 'measures'>): string[] => card.measures.flatMap(({ id, readingKey }) => (plan.places.has(readingKey) ? [] : [id]));
