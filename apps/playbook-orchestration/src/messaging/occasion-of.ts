import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Occasion } from '../domain/look-over.js';

/** The event as an occasion: its business time, or when the log took it if it names none. */
export function occasionOf(event: Pick<ReceivedEvent, 'envelope' | 'receivedAt'>): Occasion {
  const told = Date.parse(event.envelope.time);
  return { id: event.envelope.id, at: (Number.isNaN(told) ? event.receivedAt : new Date(told)).toISOString() };
}
