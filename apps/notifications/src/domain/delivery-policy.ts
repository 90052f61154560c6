/** Delay before each further attempt, in seconds, after the first one at once (Standard Webhooks, "Deliverability"). */
export const retryDelaysSeconds = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600] as const;

const jitterShare = 0.1;
/** From this failure running an endpoint's circuit is open: one probe at a time. */
export const openAfterFailures = 5;
const longestHoldSeconds = 600;
const disableAfterMs = 5 * 86_400_000;

/** What an endpoint's last attempts say about it. Instants are epoch milliseconds of business time. */
export interface EndpointHealth {
  readonly consecutiveFailures: number;
  /** First failure since the last success. */
  readonly failingSince: number | null;
  /** No attempt before this instant. */
  readonly heldUntil: number | null;
}

export const healthyEndpoint: EndpointHealth = { consecutiveFailures: 0, failingSince: null, heldUntil: null };

/**
 * When attempt number `attempts + 1` is due after `attempts` failed ones; null when the schedule is used up.
 * `chance` in [0, 1) spreads retries over 10 % of the delay; a Retry-After (seconds) only ever delays.
 */
export function nextAttemptAt(failedAt: number, attempts: number, chance: number, retryAfterSeconds: number | null): number | null {
  const delay = retryDelaysSeconds[attempts - 1];
  if (delay === undefined) return null;
  const seconds = Math.max(delay * (1 + jitterShare * chance), Math.min(retryAfterSeconds ?? 0, 86_400));
  return failedAt + Math.round(seconds * 1000);
}

/**
 * Folds one attempt into the endpoint's health. From the fifth failure running the circuit is open: the
 * endpoint is held back for 30 s, doubling to 10 min, and then probed with a single delivery.
 */
export function afterAttempt(health: EndpointHealth, at: number, succeeded: boolean): EndpointHealth {
  if (succeeded) return healthyEndpoint;
  const consecutiveFailures = health.consecutiveFailures + 1;
  const holdSeconds = Math.min(30 * 2 ** (consecutiveFailures - openAfterFailures), longestHoldSeconds);
  return {
    consecutiveFailures,
    failingSince: health.failingSince ?? at,
    heldUntil: consecutiveFailures >= openAfterFailures ? at + holdSeconds * 1000 : null,
  };
}

/** Why the endpoint has to be disabled, or null: it said so (410 Gone), or it has failed for five days. */
export function disableReason(health: EndpointHealth, at: number, status: number | null): string | null {
  if (status === 410) return 'the endpoint answered 410 Gone';
  if (health.failingSince !== null && at - health.failingSince >= disableAfterMs) return 'every attempt failed for five days';
  return null;
}
