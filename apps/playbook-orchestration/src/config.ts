import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';

export interface OrchestrationConfig {
  /** Timers worked off in one transaction. */
  readonly timerBatch: number;
  /** How long a claimed timer is left alone before another replica may take it. */
  readonly timerLeaseSeconds: number;
  /** Nothing is started by itself, in step with what health-scoring is told by the same setting. */
  readonly observe: boolean;
}

export function parseOrchestrationConfig(env: Environment): { config: OrchestrationConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const config = {
    timerBatch: reader.integer('TIMER_BATCH', { fallback: 500, min: 1, max: 5_000 }),
    timerLeaseSeconds: reader.integer('TIMER_LEASE_SECONDS', { fallback: 30, min: 1, max: 3_600 }),
    observe: reader.flag('OBSERVE', false),
  };
  return { config, faults: reader.faults };
}
