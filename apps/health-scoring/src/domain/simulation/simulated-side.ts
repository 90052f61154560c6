import type { KeptDay } from '../days/day-codec.js';
import { judgeDay, type DayVerdict } from '../days/judge-day.js';
import { scorecardsFor } from '../scorecard/choose-scorecard.js';
import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import { isHardlyJudged, mixed, passageTo, switchDaysOf, type JudgedSoFar, type Passage } from '../scorecard/passage.js';
import type { HeldBand } from '../verdict/band.js';

/** What a side made of one day. */
export interface SimulatedDay {
  readonly verdict: DayVerdict;
  /** The scorecard that judged, mixed with the one it took over from where the account was on its way. */
  readonly card: CompiledScorecard;
  /** The band that it went on from. */
  readonly held: HeldBand;
  /** Up to here the day is told as what happened to the account; what came after is the scorecards' doing and told to nobody. */
  readonly told: DayVerdict;
}

const noBand: HeldBand = { heldBand: 'unknown', amberSince: null, greenSince: null };

/**
 * Judges an account day by day by the scorecards of one side as live looks do (`judgeAccount`), one look a day. Where live judging went
 * from one scorecard to another at once, as it does after a restatement or an import, so does a side that goes the same way on that day.
 */
export class SimulatedSide {
  private memory: JudgedSoFar = { judgedBy: null, judgedSince: 0, passage: null };
  private before: { readonly day: KeptDay; readonly verdict: DayVerdict; readonly card: CompiledScorecard } | null = null;

  /** `cards`: primary ones, sorted as they are tried. */
  constructor(private readonly cards: readonly CompiledScorecard[]) {}

  judge(day: KeptDay): SimulatedDay {
    const { facts } = day;
    const { scorecard: to } = scorecardsFor(facts.applicant, { primary: this.cards, shadow: [] });
    const { before } = this;
    const passage = this.known(before === null ? passageKept(day, to) : passageTo(to, this.memory, day.day, isAtOnce(day, before.day, this.memory)));
    const card = this.under(to, passage);
    const isOther = this.memory.judgedBy?.id !== to.id;
    const isSettling = this.memory.passage === null && passage === null && isHardlyJudged(this.memory, day.day);
    let told: DayVerdict | null = null;
    let held = before?.verdict.held ?? (day.judgedBy.id === to.id ? facts.held : noBand);
    if (before !== null && card !== before.card && !isSettling) held = (told = judgeDay(facts, before.card, { held })).held;
    // No band holds back that of another scorecard; on the way there the score goes on, and so does its band.
    if (before !== null && isOther && passage === null) held = noBand;
    const verdict = judgeDay(facts, card, { held });
    this.memory = { judgedBy: { id: to.id, revision: to.revision }, judgedSince: isOther ? judgedSince(day, before === null) : this.memory.judgedSince, passage };
    this.before = { day, verdict, card };
    return { verdict, card, held, told: told ?? verdict };
  }

  /** Null also when the scorecard that is left is none of this side's. */
  private known(passage: Passage | null): Passage | null {
    return passage !== null && this.cards.some(({ id }) => id === passage.from) ? passage : null;
  }

  private under(to: CompiledScorecard, passage: Passage | null): CompiledScorecard {
    return passage === null ? to : mixed(this.cards.find(({ id }) => id === passage.from)!, to, { step: passage.step, days: switchDaysOf(to) });
  }
}

/** An account whose days begin on its way goes on from there. */
function passageKept({ day, judgedBy, passage }: KeptDay, to: CompiledScorecard): Passage | null {
  if (passage === null || judgedBy.id !== to.id || passage.step >= switchDaysOf(to)) return null;
  return { from: passage.from.id, since: day - passage.step, step: passage.step };
}

const isAtOnce = (day: KeptDay, last: KeptDay, { judgedBy }: JudgedSoFar): boolean => day.passage === null && day.judgedBy.id !== last.judgedBy.id && last.judgedBy.id === judgedBy?.id;

/** Nobody kept since when the scorecard of the first day judges: for long, unless the account was a day old. */
const judgedSince = ({ day, facts }: KeptDay, isFirst: boolean): number => (isFirst && facts.applicant.ageDays > 1 ? -Infinity : day);
