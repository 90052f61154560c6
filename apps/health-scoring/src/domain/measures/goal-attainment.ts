import { Type } from 'typebox';
import { attainmentsOf } from '../goals/attainment.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const goalAttainment = defineMeasure({
  id: 'goal_attainment',
  family: 'value',
  unit: 'share',
  restsOn: ['metric'],
  settings: Type.Object({
    missingFromDay: Type.Number(),
    leastElapsedShare: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    targetLockDays: Type.Number(),
    horizonDays: Type.Number(),
  }, { additionalProperties: false }),
  read(view, settings) {
    const attainments = attainmentsOf(view, settings);
    const measured = attainments.filter((goal) => goal.paced !== null);
    if (measured.length === 0) {
      if (view.ageDays < settings.missingFromDay) return notApplicable(words.goals.tooEarly(settings.missingFromDay));
      return missing(attainments.length === 0 ? words.goals.none : words.goals.unmeasured(attainments.length));
    }
    const weight = measured.reduce((sum, goal) => sum + goal.weight, 0);
    const value = measured.reduce((sum, goal) => sum + goal.weight * (goal.paced ?? 0), 0) / weight;
    const signalIds = measured.map((goal) => goal.evidence).sort().slice(0, 20);
    return { found: true, value, text: words.goals.attained(value, measured.length), evidence: { signalIds }, restsOn: measured.some((goal) => goal.byMetric) ? ['metric'] : [] };
  },
  goesBy: () => ['goals', 'metrics'],
});
