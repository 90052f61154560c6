import { Type } from 'typebox';
import { termsOf } from '../facts/fold-goal.js';
import { current } from '../facts/spans.js';
import { words } from '../words.js';
import { defineMeasure, notApplicable } from './measure.js';

export const goalsRecorded = defineMeasure({
  id: 'goals_recorded',
  family: 'value',
  unit: null,
  restsOn: [],
  settings: Type.Object({ neverFromDay: Type.Number() }, { additionalProperties: false }),
  read(view, { neverFromDay }) {
    const recorded = [...view.facts.goals.values()].filter((goal) => termsOf(goal) !== null);
    if (recorded.length > 0) {
      const signalIds = recorded.flatMap((goal) => current(goal.terms)?.first.id ?? []).sort().slice(0, 20);
      return { found: true, value: 1, text: words.goals.recorded(recorded.length), evidence: { signalIds } };
    }
    if (view.ageDays < neverFromDay) return notApplicable(words.goals.recordBy(neverFromDay));
    return { found: true, value: 0, text: words.goals.none, evidence: { query: 'kind=goal' } };
  },
  goesBy: () => ['goals'],
});
