import type { HealthState } from '@perennial/contracts/health';
import type { HealthReading } from '../domain/health-reading.js';

const pulseMeasure = 'csm_sentiment';

/** What of an account's health the forecast takes. A pulse past its validity no longer speaks. */
export function healthReadingOf(health: HealthState): HealthReading {
  const pulse = health.measures.find(({ id, state }) => id === pulseMeasure && state === 'ok')?.value ?? null;
  const indicators = health.indicators.map(({ kind, severe, text }) => ({ kind, severe, text }));
  return { indicators, pulse };
}
