import type { Static } from 'typebox';
import type { UsageDropSettings } from '../indicators/usage-drop.js';
import type { ScorecardIndicator } from '../scorecard/scorecard.js';
import type { SourceLiveness } from '../sources/source-liveness.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf } from '../time/account-week.js';
import { dayOf, type EpochMs } from '../time/day.js';
import type { UsagePeers } from './usage-peers.js';
import { advanceTrack } from './usage-track.js';

/**
 * Takes the weekly looks at use that are due. While nobody's use arrives none is taken: the silence would be
 * the source's, not the customer's.
 */
export function advanceUsage(state: AccountHealthState, sources: SourceLiveness, asOf: EpochMs, indicators: readonly ScorecardIndicator[], peers: UsagePeers): void {
  const entry = indicators.find((indicator) => indicator.kind === 'usage_drop');
  if (entry === undefined) return;
  const staleAt = sources.usage?.staleAt ?? Infinity;
  const weekday = weekdayOf(state.accountId);
  const upTo = weekOf(dayOf(Math.min(asOf, staleAt)), weekday) - 1;
  // Checked against its schema when the scorecard was compiled.
  const rule = entry.settings as Static<typeof UsageDropSettings>;
  advanceTrack(state.memory.usageTrack, state.facts.usage, state.facts.cohort, weekday, upTo, rule, peers);
}
