import { Type } from 'typebox';
import { termStartAt } from '../facts/fold-contract.js';
import { achievedAt } from '../facts/fold-milestone.js';
import { isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const onboardingDelayed = defineIndicator({
  kind: 'onboarding_delayed',
  group: 'delivery',
  dismissable: true,
  settings: Type.Object({
    /** Raised when onboarding runs longer than this many times its plan. */
    factor: Type.Number({ minimum: 1 }),
  }, { additionalProperties: false }),
  judge(view, { factor }) {
    const steps = [...view.facts.milestones.values()].flatMap((milestone) => {
      const { phase, due, name } = milestone;
      return phase?.value === 'onboarding' && due !== null ? [{ due, isAchieved: achievedAt(milestone) !== null, name: name.value }] : [];
    });
    const open = steps.filter(({ isAchieved }) => !isAchieved).sort((a, b) => a.due.day - b.due.day || (a.due.id < b.due.id ? -1 : 1));
    if (open.length === 0) return null;
    const firstDue = Math.min(...steps.map(({ due }) => due.day));
    const start = termStartAt(view.facts.contracts, firstDue) ?? view.startDay();
    const planned = Math.max(...steps.map(({ due }) => due.day)) - start;
    if (planned <= 0 || view.today - start <= factor * planned) return null;
    return {
      severe: false,
      text: words.milestones.onboarding(view.today - start, planned, open.map(({ name }) => name), isoDay(start)),
      evidence: open.map(({ due }) => due.id),
      newsAt: Math.max(...open.map(({ due }) => due.at)),
    };
  },
});
