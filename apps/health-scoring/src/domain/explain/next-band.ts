import type { HealthState, MeasureReading } from '@perennial/contracts/health';
import type { Curve } from '../scorecard/curve.js';
import { valueOn } from '../scorecard/curve.js';
import type { Scorecard } from '../scorecard/scorecard.js';
import { bandOf } from '../verdict/band.js';
import { basisPoints } from '../verdict/raw-score.js';
import { words } from '../words.js';
import { smallestSet, type Candidate, type Chosen } from './smallest-set.js';

/** One thing that has to change. */
export interface NeededChange {
  /** `measure`: more points of it; `data`: it has to be known (again); `cap`: the fact has to end; `override`: it has to lapse or be taken back. */
  readonly kind: 'measure' | 'data' | 'cap' | 'override';
  /** Of the measure, the cap, the override. */
  readonly id: string;
  /** Points now and at least then; null where they do not matter or are not known. */
  readonly from: number | null;
  readonly to: number | null;
  /** The value that has these points, four decimals, where the scorecard states the curve. */
  readonly value: number | null;
  readonly unit: string | null;
  readonly text: string;
}

export interface NextBand {
  readonly band: 'red' | 'amber' | 'green';
  /** Computed score from which it is given, and on how many days running. */
  readonly score: number;
  readonly days: number;
  /** No set of changes gets there: measures at their best do not suffice. */
  readonly reachable: boolean;
  /** Fewest measures, then least points; caps and overrides that stand in the way come first, but for caps that end with one of the measures. */
  readonly changes: readonly NeededChange[];
  readonly text: string;
}

/** What an explanation needs of the scorecard that judged. */
export type JudgingCard = Pick<Scorecard, 'bands' | 'improving' | 'coverage'> & {
  readonly measures: readonly { readonly id: string; readonly curve: Curve | null }[];
  readonly caps: readonly { readonly id: string; readonly settings: unknown }[];
};

/** The smallest set of changes that brings the account into the next band; null for one in the best. */
export function nextBandOf(health: HealthState, card: JudgingCard): NextBand | null {
  const goal = goalOf(health, card);
  if (goal === null) return null;
  const { band, score, days, edge } = goal;
  const candidates = candidatesOf(health, card, basisPoints(score));
  const ends = new Map(capsBelow(health, edge).map((cap) => [cap, endOf(cap, candidates, card)]));
  const barriers = [...[...ends].flatMap(([cap, end]) => (end === null ? [capChange(cap)] : [])), ...overrideBelow(health, edge)];
  const set = smallestSet(candidates.map((one) => [...ends.values()].find((end) => end?.id === one.id) ?? one), { targetBp: basisPoints(score), coverage: goal.coverage });
  const changes = [...barriers, ...(set ?? []).map((chosen) => changeOf(chosen, health, card))];
  return { band, score, days, reachable: set !== null, changes, text: words.explain.nextBand(band, score, days, set === null ? null : changes.length) };
}

interface Goal extends Pick<NextBand, 'band' | 'score' | 'days'> {
  readonly edge: number;
  /** Share of the weight that has to be fresh. */
  readonly coverage: number;
}

function goalOf({ band, healthScore, rawScore, adjustments }: HealthState, { bands, improving, coverage }: JudgingCard): Goal | null {
  const edges = { red: 0, amber: bands.amber, green: bands.green };
  if (band === 'green') return null;
  if (band === 'unknown') {
    // It leaves `unknown` at once, for the band that its score has.
    const plain = bandOf(rawScore === null ? null : basisPoints(rawScore), bands);
    const own = plain === 'unknown' ? 'red' : plain;
    return { band: own, score: edges[own], edge: edges[own], days: 0, coverage: own === 'green' ? coverage.green : coverage.any };
  }
  const next = band === 'red' ? 'amber' : 'green';
  const edge = edges[next];
  // Held by a cap alone, it is there as soon as that ends.
  const onlyCapped = adjustments.length > 0 && rawScore !== null && rawScore >= edge && healthScore !== rawScore;
  return { band: next, score: Math.min(100, onlyCapped ? edge : edge + improving.points), edge, days: onlyCapped ? 0 : improving.days, coverage: next === 'green' ? coverage.green : coverage.any };
}

type Cap = NonNullable<HealthState['caps']>[number];
const capsBelow = ({ caps = [] }: HealthState, edge: number): Cap[] => caps.filter(({ limit }) => limit < edge);
const capChange = ({ id, limit, reason }: Cap): NeededChange => ({ kind: 'cap', id, from: limit, to: null, value: null, unit: null, text: words.explain.endCap(reason, limit) });

/** What becomes of the measure a cap goes by: it has to leave red, and the cap ends with it. Null where the cap goes by a fact of its own. */
function endOf({ id }: Cap, candidates: readonly Candidate[], { caps, bands }: JudgingCard): Candidate | null {
  const { measure } = (caps.find((cap) => cap.id === id)?.settings ?? {}) as { measure?: string };
  const [edgeBp, one] = [basisPoints(bands.amber), candidates.find((candidate) => candidate.id === measure)];
  return one === undefined || one.mostBp < edgeBp ? null : { ...one, restBp: Math.max(one.restBp, edgeBp), mustChange: true };
}

const overrideBelow = ({ override }: HealthState, edge: number): NeededChange[] =>
  override === null || override.healthScore >= edge ? [] : [{ kind: 'override', id: override.id, from: override.healthScore, to: null, value: null, unit: null, text: words.explain.endOverride(override.healthScore, override.expiresAt.slice(0, 10)) }];

/** Measures that apply, with the points they have and could have, in basis points. */
function candidatesOf(health: HealthState, card: JudgingCard, targetBp: number): Candidate[] {
  return health.measures.flatMap(({ id, weight, points, state }): Candidate[] => {
    if (state === 'not_applicable' || weight === 0) return [];
    const mostBp = Math.round(Math.max(...(curveOf(card, id) ?? [[0, 100]]).map(([, reached]) => reached)) * 100);
    const fromBp = points === null ? null : Math.round(points * 100);
    return [{ id, weight, fromBp, mostBp: Math.max(mostBp, fromBp ?? 0), restBp: fromBp ?? Math.min(targetBp, mostBp), isFresh: state === 'ok', mustChange: false }];
  });
}

function changeOf({ candidate, toBp }: Chosen, { measures }: HealthState, card: JudgingCard): NeededChange {
  const measure = measures.find(({ id }) => id === candidate.id)!;
  const [from, to] = [measure.points, toBp / 100];
  const curve = curveOf(card, measure.id);
  const value = curve === null ? null : valueOn(curve, to);
  const unit = unitOf(measure, value);
  const kind = candidate.isFresh ? 'measure' : 'data';
  return { kind, id: measure.id, from, to, value: value === null ? null : Math.round(value * 10_000) / 10_000, unit, text: words.explain[kind](measure.id, from, to) };
}

const curveOf = ({ measures }: JudgingCard, measureId: string): Curve | null => measures.find(({ id }) => id === measureId)?.curve ?? null;
const unitOf = (measure: MeasureReading, value: number | null): string | null => (value === null ? null : measure.unit);
