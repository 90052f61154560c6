import type { HealthState } from '@perennial/contracts/health';
import type { DayVerdict } from '../days/judge-day.js';
import type { ScorecardRef } from '../scorecard/compile-scorecard.js';
import { words } from '../words.js';

/** One reason for a change of the score. */
export interface ChangePart {
  readonly kind: 'measure' | 'scorecard' | 'cap' | 'override';
  /** Of the measure, or the scorecard that judges now; null for caps and overrides. */
  readonly id: string | null;
  /** Points of the score that it brought or cost, two decimals. */
  readonly by: number;
  /** Points of the measure then and now; null without data. */
  readonly from: number | null;
  readonly to: number | null;
  readonly text: string;
}

export interface ScoreChange {
  readonly healthScore: { readonly from: number | null; readonly to: number | null };
  readonly scorecard: { readonly from: ScorecardRef; readonly to: ScorecardRef };
  /** Null where there was no score then, or is none now; the parts then go from or to 50. */
  readonly change: number | null;
  /** Largest first; they sum to the change, exactly. Those of nothing are left out. */
  readonly parts: readonly ChangePart[];
  readonly text: string;
}

/** The day that is compared with, as it was judged, and as what judges now judges it. */
export interface Then {
  readonly judgedBy: ScorecardRef;
  readonly judged: DayVerdict;
  readonly anew: DayVerdict;
}

const neutralBp = 5000;
const bp = (points: number | null): number | null => (points === null ? null : Math.round(points * 100));
const points = (basisPoints: number | null): number | null => (basisPoints === null ? null : basisPoints / 100);

/**
 * What changed the score since a day. First the scorecards: the day's facts judged by what judges now, against what judged then (another
 * revision, or another share of a passage). Then each measure, both days by what judges now: the difference of its contributions. Then caps
 * and the override. All in basis points, so that nothing is left over.
 */
export function scoreChange(health: HealthState, { judgedBy, judged, anew }: Then): ScoreChange {
  const before = new Map(anew.measures.map(({ definition, pointsBp }, i) => [definition.id, { pointsBp, by: anew.contributionsBp[i] ?? 0 }]));
  const parts: ChangePart[] = [];
  const add = (part: Omit<ChangePart, 'by'>, by: number): void => void (by !== 0 && parts.push({ ...part, by: by / 100 }));

  const none = { from: null, to: null };
  add({ kind: 'scorecard', id: health.scorecard.id, ...none, text: words.explain.scorecard(judgedBy, health.scorecard) }, (anew.rawBp ?? neutralBp) - (judged.rawBp ?? neutralBp));
  for (const { id, points: to, contribution, text } of health.measures) {
    const from = points(before.get(id)?.pointsBp ?? null);
    const by = (bp(contribution) ?? 0) - (before.get(id)?.by ?? 0);
    add({ kind: 'measure', id, from, to, text: from === to && Math.abs(by) === 1 ? words.explain.rounding(id) : words.explain.moved(id, from, to, text) }, by);
  }
  for (const kind of ['cap', 'override'] as const) {
    const [was, is] = [sumOf(judged.adjusted.adjustments, kind), sumOf(health.adjustments, kind)];
    const reason = health.adjustments.find((one) => one.kind === kind)?.reason ?? judged.adjusted.adjustments.find((one) => one.kind === kind)?.reason ?? '';
    add({ kind, id: null, ...none, text: words.explain.adjusted[kind](reason, was, is) }, is - was);
  }
  const [from, to] = [judged.adjusted.healthBp, bp(health.healthScore)];
  const change = from === null || to === null ? null : (to - from) / 100;
  return {
    healthScore: { from: points(from), to: health.healthScore }, scorecard: { from: judgedBy, to: health.scorecard }, change,
    parts: parts.sort((a, b) => Math.abs(b.by) - Math.abs(a.by)), text: words.explain.since(points(from), health.healthScore),
  };
}

const sumOf = (adjustments: HealthState['adjustments'], kind: 'cap' | 'override'): number => adjustments.reduce((sum, one) => (one.kind === kind ? sum + (bp(one.points) ?? 0) : sum), 0);
