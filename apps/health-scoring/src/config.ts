import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';

export interface HealthScoringConfig {
  /** States are shown, nothing is sent or started. */
  readonly observe: boolean;
}

export function parseHealthScoringConfig(env: Environment): { config: HealthScoringConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  return { config: { observe: reader.flag('OBSERVE', false) }, faults: reader.faults };
}
