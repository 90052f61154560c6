import type { KeptDay } from '../days/day-codec.js';
import type { DayFacts } from '../days/day-facts.js';
import { judgeDay } from '../days/judge-day.js';
import { unreadIn } from '../days/reading-plan.js';
import { meets } from '../scorecard/choose-scorecard.js';
import type { CompiledScorecard, ScorecardRef } from '../scorecard/compile-scorecard.js';
import { mixed, switchDaysOf } from '../scorecard/passage.js';
import { dayOf } from '../time/day.js';
import type { HeldBand } from '../verdict/band.js';
import type { JudgedDay } from './account-history.js';

/** One day of an account, as the last look of it knew it. */
export type KeptFacts = Pick<KeptDay, 'facts' | 'judgedBy' | 'passage'>;

/**
 * What the scorecard makes of each day, in order, by what was known then; days on which the account does not meet its criteria are
 * left out. Where it is the one that judged, it says what it said. An account that was on its way to it then is judged as on its way, by what
 * `left` knows of the scorecard that it came from (null: this version cannot judge by that one). Measures that were not read with its settings go into `unread`.
 */
export function judgedDaysOf(days: readonly KeptFacts[], card: CompiledScorecard, left: (from: ScorecardRef) => CompiledScorecard | null, unread: Set<string>): JudgedDay[] {
  let held: HeldBand = { heldBand: 'unknown', amberSince: null, greenSince: null };
  let plan: DayFacts['plan'] | null = null;
  const judged: JudgedDay[] = [];
  for (const { facts, judgedBy, passage } of days) {
    if (facts.merged || !meets(facts.applicant, card.criteria)) continue;
    if (facts.plan !== plan) for (const id of unreadIn((plan = facts.plan), card)) unread.add(id);
    const isOwn = judgedBy.id === card.id && judgedBy.revision === card.revision;
    const from = passage !== null && judgedBy.id === card.id && passage.step < switchDaysOf(card) ? left(passage.from) : null;
    const verdict = judgeDay({ ...facts, override: null }, from === null ? card : mixed(from, card, { step: passage!.step, days: switchDaysOf(card) }), isOwn ? {} : { held });
    held = verdict.held;
    const pointsBp = new Map(verdict.measures.map((measure) => [measure.definition.id, measure.pointsBp]));
    judged.push({
      day: dayOf(facts.asOf), scoreBp: verdict.rawBp, riskLevel: verdict.riskLevel, indicators: verdict.indicators.map(({ kind }) => kind),
      pointsBp: card.measures.map(({ id }) => pointsBp.get(id) ?? null),
    });
  }
  return judged;
}
