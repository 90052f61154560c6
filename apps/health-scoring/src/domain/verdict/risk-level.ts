import type { ActiveIndicator, Band, RiskLevel } from '../state.js';
import { isRisk } from '../indicators/indicator.js';
import { groupOf, type Strikes } from './strikes.js';

/** How much at risk an account is. `no_renewal_intent` is severe exactly when a decision maker said no. */
export function riskLevelOf(band: Band, strikes: Strikes, indicators: readonly Pick<ActiveIndicator, 'kind' | 'severe'>[]): RiskLevel {
  const severe = (kind: string): boolean => indicators.some((indicator) => indicator.kind === kind && indicator.severe);
  if (band === 'red' || strikes.count >= 3 || severe('cancel_scheduled') || severe('no_renewal_intent')) return 'red';
  const anySevere = indicators.some((indicator) => indicator.severe && isRisk(groupOf(indicator)));
  if (band === 'amber' || strikes.count >= 2 || anySevere || (band === 'unknown' && strikes.count > 0)) return 'amber';
  return band === 'unknown' ? 'unknown' : 'green';
}
