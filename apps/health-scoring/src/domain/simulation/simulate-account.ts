import type { PairedTerm } from '../backtest/paired-term.js';
import type { DayVerdict } from '../days/judge-day.js';
import type { KeptDay } from '../days/day-codec.js';
import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { Band, CauseGroup, RiskLevel } from '../state.js';
import type { EpochDay } from '../time/day.js';
import type { SimulatedCards } from './simulated-cards.js';
import { SimulatedSide, type SimulatedDay } from './simulated-side.js';
import type { WatchedTerms } from './watched-terms.js';

/** What would have been told in one week. */
export interface Alerts {
  /** Changes of risk level, and those of them to red. */
  readonly riskChanges: number;
  readonly toRed: number;
  /** Groups of indicators that began to strike, and how often there were three. */
  readonly strikes: number;
  readonly threeStrikes: number;
}

/** Where an account stood on the last day. */
export interface Standing {
  readonly scorecardId: string;
  readonly healthScore: number | null;
  readonly band: Band;
  readonly riskLevel: RiskLevel;
  readonly strikes: number;
}

/** One account by what judges now and by what would. */
export interface AccountOutcome {
  readonly days: number;
  readonly inForce: Standing;
  readonly draft: Standing;
  /** Days on which the bands differ. */
  readonly differingDays: number;
  /** Changes of band from one day to the next. */
  readonly bandChanges: { readonly inForce: number; readonly draft: number };
  /** By the Monday that the week begins with; quiet weeks are left out. */
  readonly weeks: ReadonlyMap<EpochDay, { readonly inForce: Alerts; readonly draft: Alerts }>;
  /** Days for which something of the draft's side, or of the side in force, could not be answered, by its name. */
  readonly unanswered: { readonly inForce: ReadonlyMap<string, number>; readonly draft: ReadonlyMap<string, number> };
  /** What both sides said of the terms whose end is known, in the days that are kept. */
  readonly terms: readonly PairedTerm[];
}

const noAlerts: Alerts = { riskChanges: 0, toRed: 0, strikes: 0, threeStrikes: 0 };
/** Epoch day 4 was a Monday. */
const mondayOf = (day: EpochDay): EpochDay => day - ((((day - 4) % 7) + 7) % 7);

/** Counts what one side makes of the account, day by day. */
class Counted {
  verdict: DayVerdict | null = null;
  card: CompiledScorecard | null = null;
  bandChanges = 0;
  readonly weeks = new Map<EpochDay, Alerts>();
  readonly unanswered = new Map<string, number>();
  private readonly side: SimulatedSide;
  private asked: KeptDay | null = null;
  private names: readonly string[] = [];

  constructor(
    cards: readonly CompiledScorecard[],
    private readonly unansweredBy: SimulatedCards['unansweredBy'],
  ) {
    this.side = new SimulatedSide(cards);
  }

  judge(day: KeptDay): SimulatedDay {
    const judged = this.side.judge(day);
    const { verdict, card, told } = judged;
    // The first state is never an entry, and while nobody is told there is no alert.
    if (this.verdict !== null && !day.facts.untold) this.note(mondayOf(day.day), this.verdict, told);
    if (this.verdict !== null && this.verdict.band !== verdict.band) this.bandChanges += 1;
    // Of one day it is what it was of the day before, as a rule.
    if (this.asked?.facts.plan !== day.facts.plan || this.asked.judgedBy.id !== day.judgedBy.id || this.asked.judgedBy.revision !== day.judgedBy.revision || this.card !== card) this.names = this.unansweredBy(day, card);
    this.asked = day;
    for (const name of this.names) this.unanswered.set(name, (this.unanswered.get(name) ?? 0) + 1);
    this.verdict = verdict;
    this.card = card;
    return judged;
  }

  private note(week: EpochDay, before: DayVerdict, after: DayVerdict): void {
    const isChanged = before.riskLevel !== after.riskLevel;
    const struck = after.strikes.groups.filter((group: CauseGroup) => !before.strikes.groups.includes(group)).length;
    if (!isChanged && struck === 0) return;
    const { riskChanges, toRed, strikes, threeStrikes } = this.weeks.get(week) ?? noAlerts;
    this.weeks.set(week, {
      riskChanges: riskChanges + (isChanged ? 1 : 0),
      toRed: toRed + (isChanged && after.riskLevel === 'red' ? 1 : 0),
      strikes: strikes + struck,
      threeStrikes: threeStrikes + (before.strikes.count < 3 && after.strikes.count >= 3 ? 1 : 0),
    });
  }

  /** Where it stands after the last day. */
  standing(): Standing {
    const { adjusted, band, riskLevel, strikes } = this.verdict!;
    return { scorecardId: this.card!.id, healthScore: adjusted.healthBp === null ? null : adjusted.healthBp / 100, band, riskLevel, strikes: strikes.count };
  }
}

/** The account on all its days by both sides, each going on from its own memory; null without a day. Both look once a day, as the last look of the day did. */
export function simulateAccount(days: readonly KeptDay[], cards: SimulatedCards, watched: WatchedTerms | null = null): AccountOutcome | null {
  const inForce = new Counted(cards.inForce, cards.unansweredBy);
  const draft = new Counted(cards.draft, cards.unansweredBy);
  let differingDays = 0;
  for (const day of days) {
    const [now, then] = [inForce.judge(day), draft.judge(day)];
    watched?.note(day, now, then);
    if (inForce.verdict!.band !== draft.verdict!.band) differingDays += 1;
  }
  if (days.length === 0) return null;
  const weeks = new Map([...inForce.weeks.keys(), ...draft.weeks.keys()].sort((a, b) => a - b).map((week) => [week, { inForce: inForce.weeks.get(week) ?? noAlerts, draft: draft.weeks.get(week) ?? noAlerts }]));
  return {
    days: days.length, inForce: inForce.standing(), draft: draft.standing(), differingDays,
    bandChanges: { inForce: inForce.bandChanges, draft: draft.bandChanges }, weeks, unanswered: { inForce: inForce.unanswered, draft: draft.unanswered },
    terms: watched?.terms() ?? [],
  };
}
