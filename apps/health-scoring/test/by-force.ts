import type { KeptDay } from '../src/domain/days/day-codec.js';
import { judgeDay, type DayVerdict } from '../src/domain/days/judge-day.js';
import { meets } from '../src/domain/scorecard/choose-scorecard.js';
import { compileScorecard, type CompiledScorecard } from '../src/domain/scorecard/compile-scorecard.js';
import { mixed } from '../src/domain/scorecard/passage.js';
import type { Scorecard } from '../src/domain/scorecard/scorecard.js';

const noBand: DayVerdict['held'] = { heldBand: 'unknown', amberSince: null, greenSince: null };

/** The same counts, written down once more without any of the code that makes them but the verdict of a day. For accounts that were a day old, or judged for long, on their first day. */
export function byForce(documents: readonly Scorecard[], document: Scorecard, accounts: readonly (readonly KeptDay[])[]) {
  const counts = { bands: {} as Record<string, number>, riskChanges: [0, 0], toRed: [0, 0], strikes: [0, 0], newlyUnknown: 0, weeks: new Set<number>() };
  const sides = [documents, documents.map((known) => (known.id === document.id ? document : known))].map((side) => side.map((one) => compileScorecard(one, 1)).filter(({ role }) => role === 'primary').sort((a, b) => a.order - b.order));
  for (const own of accounts) {
    const ends = sides.map((cards, side) => {
      let last: DayVerdict | null = null;
      // What judges: `to`, on its way from `from` since a day; for how many days already.
      let [to, card]: [CompiledScorecard | null, CompiledScorecard | null] = [null, null];
      let way: { from: CompiledScorecard; since: number } | null = null;
      let since = 0;
      for (const { facts, day, judgedBy } of own) {
        const next = cards.find(({ criteria }) => meets(facts.applicant, criteria))!;
        const isYoung = day - since < 2;
        let isAtOnce = false;
        if (to === null) since = facts.applicant.ageDays > 1 ? -1e9 : day;
        else if (next !== to) {
          if (way?.from === next) way = { from: to, since: day - 14 + (day - 1 - way.since) };
          else if (way === null && isYoung) isAtOnce = true;
          else way = { from: way !== null && isYoung ? way.from : to, since: day };
          since = day;
        }
        if (way !== null && day - way.since >= 14) way = null;
        const judging: CompiledScorecard = way === null ? next : mixed(way.from, next, { step: day - way.since, days: 14 });
        let held = last?.held ?? (judgedBy.id === next.id ? facts.held : noBand);
        const first: DayVerdict | null = card !== null && judging !== card && !isAtOnce ? judgeDay(facts, card, { held }) : null;
        if (first !== null) held = first.held;
        if (to !== null && next !== to && way === null) held = noBand;
        const verdict: DayVerdict = judgeDay(facts, judging, { held });
        const told: DayVerdict = first ?? verdict;
        if (last && !facts.untold) {
          const before = last;
          const changed = before.riskLevel !== told.riskLevel;
          const struck = told.strikes.groups.filter((group) => !before.strikes.groups.includes(group)).length;
          if (changed) counts.riskChanges[side]! += 1;
          if (changed && told.riskLevel === 'red') counts.toRed[side]! += 1;
          counts.strikes[side]! += struck;
          if (changed || struck > 0) counts.weeks.add(Math.floor((day + 3) / 7));
        }
        [last, to, card] = [verdict, next, judging];
      }
      return last!.band;
    });
    counts.bands[ends.join('>')] = (counts.bands[ends.join('>')] ?? 0) + 1;
    if (ends[0] !== 'unknown' && ends[1] === 'unknown') counts.newlyUnknown += 1;
  }
  return { ...counts, weeks: counts.weeks.size };
}
