import { parseNotificationsConfig } from './config.js';

describe('settings of notifications', () => {
  it('are strict and patient unless told otherwise', () => {
    expect(parseNotificationsConfig({})).toEqual({ config: { allowPrivateWebhooks: false, webhookTimeoutMs: 15_000, keptDays: 30, inboxKeptDays: 90 }, faults: [] });
    expect(parseNotificationsConfig({ ALLOW_PRIVATE_WEBHOOKS: 'true', WEBHOOK_TIMEOUT_MS: '500', NOTIFICATIONS_KEPT_DAYS: '7' }).config).toEqual({ allowPrivateWebhooks: true, webhookTimeoutMs: 500, keptDays: 7, inboxKeptDays: 90 });
  });

  it('tell every fault at once', () => {
    expect(parseNotificationsConfig({ ALLOW_PRIVATE_WEBHOOKS: 'yes', WEBHOOK_TIMEOUT_MS: '0' }).faults).toEqual([expect.stringContaining('ALLOW_PRIVATE_WEBHOOKS'), expect.stringContaining('WEBHOOK_TIMEOUT_MS')]);
  });
});
