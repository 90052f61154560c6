import { Type, type Static } from 'typebox';
import { Id, Instant, Version } from './primitives.js';

/** What became of one message to one endpoint or inbox. */
export const NotificationChanged = Type.Object({
  id: Id,
  accountId: Type.Union([Id, Type.Null()]),
  channel: Type.Enum(['webhook', 'inbox']),
  state: Type.Enum(['pending', 'delivered', 'failed', 'disabled']),
  eventType: Type.String(),
  at: Instant,
  version: Version,
});
export type NotificationChanged = Static<typeof NotificationChanged>;
