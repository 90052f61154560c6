import { Type } from 'typebox';
import { dayOf, isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const cadenceMissed = defineIndicator({
  kind: 'cadence_missed',
  group: 'hygiene',
  dismissable: true,
  byTargets: true,
  settings: Type.Object({
    /** The tier's touches are planned for this many days. */
    windowDays: Type.Number(),
    /** Raised when the last touch lies more than this many planned gaps back. */
    gaps: Type.Number({ exclusiveMinimum: 0 }),
    fromDay: Type.Number(),
  }, { additionalProperties: false }),
  judge(view, { windowDays, gaps, fromDay }) {
    const { touches } = view.targets;
    if (touches === 0 || view.ageDays < fromDay || view.sourceOf('engagement') === 'absent') return null;
    const { last } = view.facts.touches;
    const days = last === null ? view.ageDays : view.dayFor('engagement') - dayOf(last.at);
    if (days <= (gaps * windowDays) / touches) return null;
    return { severe: false, text: words.touches.cadence(last === null ? null : isoDay(dayOf(last.at)), days, touches, windowDays), evidence: last === null ? [] : [last.id] };
  },
});
