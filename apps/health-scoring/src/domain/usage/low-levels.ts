import type { Static } from 'typebox';
import type { UsageDropSettings } from '../indicators/usage-drop.js';
import type { ScorecardIndicator } from '../scorecard/scorecard.js';
import { median } from './usage-windows.js';
import { sizeClasses } from './usage-peers.js';

/** An account's use as a share of its reference, and how large it is. */
export interface ComparedUse {
  readonly level: number;
  readonly sizeClass: number;
}

/**
 * By size class: the level below which use is low among peers; null with fewer accounts than the scorecard asks for. By median and
 * MAD, not by a percentile of the levels themselves: accounts that fall together would hide each other behind it.
 */
export function lowLevelsOf(used: readonly ComparedUse[], indicators: readonly ScorecardIndicator[]): (number | null)[] {
  const entry = indicators.find((indicator) => indicator.kind === 'usage_drop');
  // Checked against its schema when the scorecard was compiled.
  const rule = entry?.settings as Static<typeof UsageDropSettings> | undefined;
  return Array.from({ length: sizeClasses }, (_, sizeClass) => {
    const levels = used.filter((use) => use.sizeClass === sizeClass).map(({ level }) => level);
    if (rule === undefined || levels.length < rule.fewestPeers) return null;
    const middle = median(levels);
    return middle + rule.peerZ * 1.4826 * median(levels.map((level) => Math.abs(level - middle)));
  });
}
