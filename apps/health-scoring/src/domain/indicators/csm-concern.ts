import { Type } from 'typebox';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const csmConcern = defineIndicator({
  kind: 'csm_concern',
  group: 'voice',
  dismissable: true,
  settings: Type.Object({ atMost: Type.Number(), severe: Type.Number(), validityDays: Type.Number() }, { additionalProperties: false }),
  judge(view, { atMost, severe, validityDays }) {
    const { pulse } = view.facts;
    if (pulse === null || pulse.value > atMost) return null;
    const validUntil = pulse.at + validityDays * dayMs;
    if (validUntil <= view.asOf) return null;
    view.changesAt(validUntil);
    return { severe: pulse.value <= severe, text: words.pulse.concern(pulse.value), evidence: [pulse.id], validUntil, newsAt: pulse.at };
  },
});
