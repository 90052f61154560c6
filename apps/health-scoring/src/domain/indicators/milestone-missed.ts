import { Type } from 'typebox';
import { dueMilestones } from '../goals/milestones.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const milestoneMissed = defineIndicator({
  kind: 'milestone_missed',
  group: 'delivery',
  dismissable: true,
  settings: Type.Object({ windowDays: Type.Number() }, { additionalProperties: false }),
  judge(view, { windowDays }) {
    const missed = dueMilestones(view, windowDays).filter((milestone) => !milestone.achieved);
    if (missed.length === 0) return null;
    return {
      severe: false,
      text: words.milestones.missed(missed.map((milestone) => milestone.name)),
      evidence: missed.map((milestone) => milestone.evidence),
      newsAt: Math.max(...missed.map((milestone) => milestone.missedAt)),
    };
  },
});
