import { Type } from 'typebox';
import { countAt } from '../facts/ring.js';
import { words } from '../words.js';
import { defineIndicator, type Finding } from './indicator.js';
import { declineSettings, ownDecline } from './own-decline.js';

export const keyFeatureDrop = defineIndicator({
  kind: 'key_feature_drop',
  group: 'use',
  dismissable: true,
  settings: Type.Object(declineSettings, { additionalProperties: false }),
  judge(view, rule, { active }) {
    let worst: (Finding & { readonly share: number }) | null = null;
    for (const name of view.keyFeatures) {
      const feature = view.facts.features.get(name);
      if (feature === undefined) continue;
      const decline = ownDecline(view, (end) => countAt(feature.users, end), rule, active?.subject === name ? active : null);
      if (decline === null) continue;
      const share = decline.users / decline.reference;
      if (worst !== null && worst.share <= share) continue;
      worst = { share, severe: false, subject: name, text: words.features.drop(name, decline.users, decline.reference), evidence: [feature.last.id], since: decline.since, reference: decline.reference };
    }
    return worst;
  },
});
