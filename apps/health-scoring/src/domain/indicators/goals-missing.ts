import { Type } from 'typebox';
import { termsOf } from '../facts/fold-goal.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const goalsMissing = defineIndicator({
  kind: 'goals_missing',
  group: 'hygiene',
  dismissable: true,
  settings: Type.Object({ fromDay: Type.Number() }, { additionalProperties: false }),
  judge(view, { fromDay }) {
    if (view.ageDays < fromDay) return null;
    for (const goal of view.facts.goals.values()) if (termsOf(goal) !== null) return null;
    return { severe: false, text: words.goals.missing, evidence: [] };
  },
});
