import { Type } from 'typebox';
import { dueMilestones } from '../goals/milestones.js';
import { isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, notApplicable } from './measure.js';

export const milestonesOnTime = defineMeasure({
  id: 'milestones_on_time',
  family: 'value',
  unit: 'share',
  restsOn: ['milestone'],
  settings: Type.Object({ windowDays: Type.Number({ minimum: 0 }) }, { additionalProperties: false }),
  read(view, settings) {
    const due = dueMilestones(view, settings.windowDays);
    if (due.length === 0) return notApplicable(words.milestones.noneDue(settings.windowDays));
    const onTime = due.filter((milestone) => milestone.onTime).length;
    return {
      found: true,
      value: onTime / due.length,
      text: words.milestones.onTime(onTime, due.length),
      evidence: { query: `kind=milestone&from=${isoDay(view.today - settings.windowDays)}` },
    };
  },
  goesBy: () => ['milestones'],
});
