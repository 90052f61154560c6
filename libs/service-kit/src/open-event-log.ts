import type { EventLog } from '@perennial/messaging/event-log';
import type { Logger } from 'pino';
import type { LogSettings } from './settings.js';

/** Connects to the log that the settings name; the other adapter is never loaded. Throws `Transient` when the log is away. */
export async function openEventLog(settings: LogSettings, clientId: string, logger: Logger): Promise<EventLog> {
  if (settings.kind === 'kafka') {
    const { KafkaEventLog } = await import('@perennial/messaging/kafka/kafka-event-log');
    return KafkaEventLog.connect({ brokers: settings.brokers, clientId, logger });
  }
  const { PostgresEventLog } = await import('@perennial/messaging/postgres/postgres-event-log');
  return PostgresEventLog.open({ url: settings.url });
}
