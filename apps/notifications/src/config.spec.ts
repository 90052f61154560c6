import { parseNotificationsConfig } from './config.js';

describe('settings of notifications', () => {
  it('are strict and patient unless told otherwise', () => {
    expect(parseNotificationsConfig({})).toEqual({ config: { allowPrivateWebhooks: false, webhookTimeoutMs: 15_000 }, faults: [] });
    expect(parseNotificationsConfig({ ALLOW_PRIVATE_WEBHOOKS: 'true', WEBHOOK_TIMEOUT_MS: '500' }).config).toEqual({ allowPrivateWebhooks: true, webhookTimeoutMs: 500 });
  });

  it('tell every fault at once', () => {
    expect(parseNotificationsConfig({ ALLOW_PRIVATE_WEBHOOKS: 'yes', WEBHOOK_TIMEOUT_MS: '0' }).faults).toEqual([expect.stringContaining('ALLOW_PRIVATE_WEBHOOKS'), expect.stringContaining('WEBHOOK_TIMEOUT_MS')]);
  });
});
