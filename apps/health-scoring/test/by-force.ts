import type { KeptDay } from '../src/domain/days/day-codec.js';
import { judgeDay } from '../src/domain/days/judge-day.js';
import { meets } from '../src/domain/scorecard/choose-scorecard.js';
import { compileScorecard, type CompiledScorecard } from '../src/domain/scorecard/compile-scorecard.js';
import type { Scorecard } from '../src/domain/scorecard/scorecard.js';

/** The same counts, written down once more without any of the code that makes them but the verdict of a day. */
export function byForce(documents: readonly Scorecard[], document: Scorecard, accounts: readonly (readonly KeptDay[])[]) {
  const counts = { bands: {} as Record<string, number>, riskChanges: [0, 0], toRed: [0, 0], strikes: [0, 0], newlyUnknown: 0, weeks: new Set<number>() };
  const sides = [documents, documents.map((known) => (known.id === document.id ? document : known))].map((side) => side.map((one) => compileScorecard(one, 1)).filter(({ role }) => role === 'primary').sort((a, b) => a.order - b.order));
  for (const own of accounts) {
    const ends = sides.map((cards, side) => {
      let last: { verdict: ReturnType<typeof judgeDay>; card: CompiledScorecard } | null = null;
      for (const { facts, day } of own) {
        const card = cards.find(({ criteria }) => meets(facts.applicant, criteria))!;
        const verdict: ReturnType<typeof judgeDay> = judgeDay(facts, card, { held: last?.card === card ? last.verdict.held : { heldBand: 'unknown', amberSince: null, greenSince: null } });
        if (last && !facts.untold) {
          const changed = last.verdict.riskLevel !== verdict.riskLevel;
          const struck = verdict.strikes.groups.filter((group) => !last!.verdict.strikes.groups.includes(group)).length;
          if (changed) counts.riskChanges[side]! += 1;
          if (changed && verdict.riskLevel === 'red') counts.toRed[side]! += 1;
          counts.strikes[side]! += struck;
          if (changed || struck > 0) counts.weeks.add(Math.floor((day + 3) / 7));
        }
        last = { verdict, card };
      }
      return last!.verdict.band;
    });
    counts.bands[ends.join('>')] = (counts.bands[ends.join('>')] ?? 0) + 1;
    if (ends[0] !== 'unknown' && ends[1] === 'unknown') counts.newlyUnknown += 1;
  }
  return { ...counts, weeks: counts.weeks.size };
}
