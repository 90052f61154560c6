import { Type } from 'typebox';
import { sumOf } from '../facts/ring.js';
import { ContactTouchDays } from '../scorecard/setting-types.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const singleThreaded = defineIndicator({
  kind: 'single_threaded',
  group: 'hygiene',
  dismissable: true,
  byTargets: true,
  settings: Type.Object({ windowDays: ContactTouchDays, fewestContacts: Type.Integer({ minimum: 2 }), fromDay: Type.Number() }, { additionalProperties: false }),
  judge(view, { windowDays, fewestContacts, fromDay }) {
    // Without any record of meetings and mails nobody can tell.
    if (view.ageDays < fromDay || view.targets.contacts < fewestContacts || view.sourceOf('engagement') === 'absent') return null;
    const touched = sumOf(view.facts.cohort.lastTouched, view.dayFor('engagement') - windowDays + 1, view.today);
    // Nobody at all is a missed cadence.
    return touched === 0 || touched >= fewestContacts ? null : { severe: false, text: words.threads.single(windowDays), evidence: [] };
  },
});
