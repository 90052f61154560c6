import type { VerdictMemory } from '../state.js';
import type { EpochDay } from '../time/day.js';

/** A trend's longest window, ending on each of the days that it may have to hold. */
const kept = 34;

/** Notes the day's score (basis points); the last look of a day is the one that stays. Answers points, newest last. */
export function noteDailyScore(memory: VerdictMemory, today: EpochDay, healthBp: number | null): (number | null)[] {
  const { dailyScores } = memory;
  if (dailyScores.scores.length === 0 || today - dailyScores.newest >= kept) {
    dailyScores.scores = [healthBp];
  } else {
    for (let day = dailyScores.newest; day < today; day += 1) dailyScores.scores.push(null);
    dailyScores.scores[dailyScores.scores.length - 1] = healthBp;
    if (dailyScores.scores.length > kept) dailyScores.scores.splice(0, dailyScores.scores.length - kept);
  }
  dailyScores.newest = Math.max(today, dailyScores.newest);
  return dailyScores.scores.map((score) => (score === null ? null : score / 100));
}
