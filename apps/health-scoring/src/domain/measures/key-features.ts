import { Type } from 'typebox';
import { dayOf, isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const keyFeatures = defineMeasure({
  id: 'key_features',
  family: 'usage',
  unit: 'share',
  restsOn: ['usage'],
  settings: Type.Object({ windowDays: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  read(view, { windowDays }) {
    if (view.keyFeatures.length === 0) return notApplicable(words.features.noneDefined);
    if (view.ageDays < windowDays) return notApplicable(words.features.tooEarly(windowDays));
    if (view.facts.usage.firstDay === null && view.sourceOf('usage') === 'absent') return missing(words.noSource('product use'));
    const known = view.featuresCountedFor(windowDays);
    if (known.length === 0) return notApplicable(words.features.tooNew(windowDays));
    const from = view.dayFor('usage') - windowDays + 1;
    const unused = known.filter((name) => {
      const feature = view.facts.features.get(name);
      return feature === undefined || dayOf(feature.last.at) < from;
    });
    const used = known.length - unused.length;
    return { found: true, value: used / known.length, text: words.features.used(used, known.length, unused, windowDays), evidence: { query: `kind=usage&from=${isoDay(from)}` } };
  },
  goesBy: () => ['use', 'features'],
});
