import type { signalsTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';

type SignalsEvent = ReceivedEvent<typeof signalsTopic>;

/** What a chunk leaves of an account's history: a reset makes void whatever came before it. */
export interface SinceReset {
  /** Accounts that were reset in it. */
  readonly reset: readonly string[];
  /** In order, of each account those after its last reset. */
  readonly events: readonly SignalsEvent[];
}

export function sinceReset(events: readonly SignalsEvent[]): SinceReset {
  const lastReset = new Map<string, number>();
  for (const [place, { type, key }] of events.entries()) if (type === 'perennial.account.reset.v1') lastReset.set(key, place);
  if (lastReset.size === 0) return { reset: [], events };
  return { reset: [...lastReset.keys()], events: events.filter(({ key }, place) => place > (lastReset.get(key) ?? -1)) };
}
