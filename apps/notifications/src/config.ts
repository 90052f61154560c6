import { notificationsTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';

export interface NotificationsConfig {
  /** Webhook receivers in private networks and on plain http are allowed. */
  readonly allowPrivateWebhooks: boolean;
  /** How long one delivery attempt may take, from connecting to the end of the answer. */
  readonly webhookTimeoutMs: number;
  /** How long settled deliveries and live-stream events are kept, days. */
  readonly keptDays: number;
  /** How long inbox items are kept, read or not, days. */
  readonly inboxKeptDays: number;
}

export function parseNotificationsConfig(env: Environment): { config: NotificationsConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const config = {
    allowPrivateWebhooks: reader.flag('ALLOW_PRIVATE_WEBHOOKS', false),
    webhookTimeoutMs: reader.integer('WEBHOOK_TIMEOUT_MS', { fallback: 15_000, min: 100, max: 60_000 }),
    keptDays: reader.integer('NOTIFICATIONS_KEPT_DAYS', { fallback: notificationsTopic.retentionDays ?? 30, min: 1, max: 3650 }),
    // As long as risk changes are: an event that is read again is the same item.
    inboxKeptDays: reader.integer('INBOX_KEPT_DAYS', { fallback: 90, min: riskChangesTopic.retentionDays ?? 30, max: 36_500 }),
  };
  return { config, faults: reader.faults };
}
