import { notificationsTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseNotificationsConfig, type NotificationsConfig } from './config.js';
import { clearDerived } from './persistence/clear-derived.js';
import { CreateNotificationTables1700000000001 } from './persistence/migrations/create-notification-tables.js';
import { IndexInboxByAge1700000000003 } from './persistence/migrations/index-inbox-by-age.js';
import { IndexMessagesByAge1700000000002 } from './persistence/migrations/index-messages-by-age.js';
import { WebhookEndpointEntity } from './persistence/webhook-endpoint.entity.js';

export const notifications: ServiceDefinition<NotificationsConfig> = {
  name: 'notifications',
  module: AppModule,
  entities: [WebhookEndpointEntity],
  migrations: [CreateNotificationTables1700000000001, IndexMessagesByAge1700000000002, IndexInboxByAge1700000000003],
  writes: [notificationsTopic],
  parseConfig: parseNotificationsConfig,
  clearDerived,
};
