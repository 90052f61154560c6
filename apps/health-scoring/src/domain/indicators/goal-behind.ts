import { Type } from 'typebox';
import { attainmentsOf } from '../goals/attainment.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';
import { heldOnTwoLooks } from './two-looks.js';

export const goalBehind = defineIndicator({
  kind: 'goal_behind',
  group: 'delivery',
  dismissable: true,
  settings: Type.Object({
    /** Raised below this share of the way planned to date, cleared at or above `recovered`. */
    below: Type.Number(),
    recovered: Type.Number(),
    leastElapsedShare: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    targetLockDays: Type.Number(),
    horizonDays: Type.Number(),
  }, { additionalProperties: false }),
  judge(view, { below, recovered, ...rule }, { active }) {
    const limit = active === null ? below : recovered;
    const behind = attainmentsOf(view, rule).flatMap((goal) => (goal.paced !== null && goal.paced < limit ? [{ ...goal, paced: goal.paced }] : []));
    // Several goals that take turns are one concern: the account is behind its plan.
    if (!heldOnTwoLooks(view, 'goal_behind', behind.length > 0, active)) return null;
    return { severe: false, text: words.goals.behind(behind.map(({ name, paced }) => words.goals.share(name, paced))), evidence: behind.map((goal) => goal.evidence).sort() };
  },
});
