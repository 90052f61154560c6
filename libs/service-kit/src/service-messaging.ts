import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConsumerProgress } from '@perennial/messaging/consumer-progress';
import { topicSpec } from '@perennial/messaging/event-log';
import { EventLogTransport } from '@perennial/messaging/event-log-transport';
import { OutboxRelay } from '@perennial/messaging/outbox-relay';
import { retryTransient } from '@perennial/messaging/retry-transient';
import type { Platform, ServiceDefinition } from './service.js';

const startForMs = 15_000;

/** Starts the topics a service writes, its consumers and its relay; `app.close()` ends them. */
export async function startMessaging(app: NestFastifyApplication, definition: ServiceDefinition, { eventLog }: Platform): Promise<void> {
  // A topic made a moment ago, perhaps by another service, is not served at once.
  await retryTransient(() => eventLog.ensureTopics(definition.writes.map((topic) => topicSpec(topic))), startForMs);
  app.connectMicroservice({ strategy: app.get(EventLogTransport, { strict: false }) });
  await app.startAllMicroservices();
  app.get(OutboxRelay, { strict: false }).start();
}

/** True when everything written is sent, and everything sent to this service is applied. */
export async function messagingSettled(relay: OutboxRelay, progress: ConsumerProgress): Promise<boolean> {
  if ((await relay.pending()) > 0) return false;
  return (await progress.lag()).every(({ lag }) => lag === 0);
}
