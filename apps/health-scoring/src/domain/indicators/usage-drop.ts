import { Type } from 'typebox';
import { firstDayOf } from '../time/account-week.js';
import { startOf } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

/** Settings are the rule of `usage-track`, which takes the weekly looks before indicators are judged. */
export const UsageDropSettings = Type.Object({
  level: Type.Number(),
  z: Type.Number(),
  fewestWindows: Type.Integer(),
  contactSpread: Type.Object({ ofOne: Type.Number({ minimum: 0 }), most: Type.Number({ minimum: 0 }) }, { additionalProperties: false }),
  /** Where at least `fewestPeers` accounts of its size are compared, its level must lie this many robust standard deviations below their median. */
  peerZ: Type.Number(),
  fewestPeers: Type.Integer({ minimum: 2 }),
  recovered: Type.Number(),
  severeBelow: Type.Number(),
}, { additionalProperties: false });

export const usageDrop = defineIndicator({
  kind: 'usage_drop',
  group: 'use',
  dismissable: true,
  settings: UsageDropSettings,
  judge(view, { severeBelow }) {
    const { raised } = view.state.memory.usageTrack;
    const { lastUsage } = view.facts;
    if (raised === null || lastUsage === null) return null;
    const { total, level } = view.usage;
    return {
      severe: level !== null && level < severeBelow,
      text: words.usage.drop(total / 1000, raised.reference / 1000),
      evidence: [lastUsage.id],
      since: startOf(firstDayOf(raised.since + 1, view.weekday)),
    };
  },
});
