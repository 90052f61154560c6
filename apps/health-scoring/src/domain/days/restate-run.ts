import type { CompiledScorecard } from '../scorecard/compile-scorecard.js';
import type { EpochDay } from '../time/day.js';
import type { HeldBand } from '../verdict/band.js';
import type { KeptDay } from './day-codec.js';
import type { DayFacts } from './day-facts.js';
import { judgeDay, markOf, type DayVerdict } from './judge-day.js';
import { isSame, restateDay, type LateSignals, type PastReading, type RestatedFacts } from './restate-day.js';

/** A day that signals came late for: as it was known then, and now where signals came late before. */
export interface KnownDay {
  readonly kept: KeptDay;
  readonly restated: RestatedFacts | null;
}

/** The day as known now, judged by what judged it then. */
export interface RestatedDay extends RestatedFacts {
  readonly day: EpochDay;
  readonly kept: KeptDay;
  readonly verdict: DayVerdict;
}

/**
 * The days of one account, oldest first, by what is known now. A held band goes on from the day before wherever it did then; where looks of one
 * day told several, or the software has come to say otherwise, that is named. `isBroken`: the days before these, which the signals belong to as well, cannot be told again,
 * nor what they did to the band.
 */
export function restateRun(days: readonly (KnownDay & { readonly card: CompiledScorecard })[], late: LateSignals, reading: PastReading, isBroken = false): RestatedDay[] {
  const run: RestatedDay[] = [];
  let last: { readonly was: HeldBand; readonly is: HeldBand } | null = null;
  for (const { kept, restated, card } of days) {
    const known = restated ?? { facts: kept.facts, unknown: new Set<string>() };
    const next = kept.facts.merged ? null : restateDay(kept.day, known, late, reading);
    if (next === null) continue;
    const isMoved: boolean = last !== null && !isSame(last.was, last.is);
    const isNext = last !== null && isSame(last.was, known.facts.held);
    isBroken ||= isMoved && !isNext;
    const facts: DayFacts = isMoved && isNext ? { ...next.facts, held: last!.is } : next.facts;
    const unknown = new Set(next.unknown);
    if (isBroken) unknown.add('band');
    if (markOf(judgeDay(kept.facts, card)) !== kept.mark) unknown.add('scorecard');
    const verdict: DayVerdict = judgeDay(facts, card);
    last = { was: judgeDay(known.facts, card).held, is: verdict.held };
    run.push({ day: kept.day, kept, facts, unknown, verdict });
  }
  return run;
}
