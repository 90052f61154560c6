import { Type } from 'typebox';
import { words } from '../words.js';
import { defineMeasure, missing } from './measure.js';

export const csmSentiment = defineMeasure({
  id: 'csm_sentiment',
  family: 'csm_sentiment',
  unit: 'of 5',
  restsOn: ['pulse'],
  settings: Type.Object({}, { additionalProperties: false }),
  read(view) {
    const { pulse } = view.facts;
    if (pulse === null) return missing(words.pulse.none);
    return { found: true, value: pulse.value, text: words.pulse.value(pulse.value), evidence: { signalIds: [pulse.id] }, answeredAt: pulse.at };
  },
  goesBy: () => ['pulse'],
});
