import { Module } from '@nestjs/common';
import { AccountOwners } from './application/account-owners.js';
import { AnnounceRiskChanges } from './application/announce-risk-changes.js';
import { AnnouncedRiskChanges } from './application/announced-risk-changes.js';
import { DeliveryQueue } from './application/delivery-queue.js';
import { EndpointGauge } from './application/endpoint-gauge.js';
import { Inbox } from './application/inbox.js';
import { LiveStream } from './application/live-stream.js';
import { PurgeInbox } from './application/purge-inbox.js';
import { PurgeOldEvents } from './application/purge-old-events.js';
import { SendDeliveries } from './application/send-deliveries.js';
import { StreamHub } from './application/stream-hub.js';
import { ToldTexts } from './application/told-texts.js';
import { RegisterWebhookEndpoint, WebhookEndpointStore } from './application/webhook-endpoints.js';
import { WebhookSender } from './application/webhook-sender.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { InboxController } from './http/inbox.controller.js';
import { StreamController } from './http/stream.controller.js';
import { UndiciWebhookSender } from './http/undici-webhook-sender.js';
import { WebhookEndpointsController } from './http/webhook-endpoints.controller.js';
import { AnnounceRiskChangesHandler } from './messaging/announce-risk-changes.handler.js';
import { ForgetPeopleHandler } from './messaging/forget-people.handler.js';
import { KeepAccountsHandler } from './messaging/keep-accounts.handler.js';
import { TellScorecardsHandler } from './messaging/tell-scorecards.handler.js';
import { TellStaleSourcesHandler } from './messaging/tell-stale-sources.handler.js';
import { PostgresAccountOwners } from './persistence/postgres-account-owners.js';
import { PostgresAnnouncedRiskChanges } from './persistence/postgres-announced-risk-changes.js';
import { PostgresDeliveryQueue } from './persistence/postgres-delivery-queue.js';
import { PostgresInbox } from './persistence/postgres-inbox.js';
import { PostgresLiveStream } from './persistence/postgres-live-stream.js';
import { PostgresToldTexts } from './persistence/postgres-told-texts.js';
import { PostgresWebhookEndpointStore } from './persistence/postgres-webhook-endpoint-store.js';

/** Risk changes in; signed webhooks, a live stream and inbox items out. */
@Module({
  controllers: [WebhookEndpointsController, DeliveriesController, InboxController, StreamController],
  providers: [
    // what it consumes
    AnnounceRiskChangesHandler,
    KeepAccountsHandler,
    TellStaleSourcesHandler,
    TellScorecardsHandler,
    ForgetPeopleHandler,
    // what it does
    AnnounceRiskChanges,
    RegisterWebhookEndpoint,
    SendDeliveries,
    StreamHub,
    PurgeOldEvents,
    PurgeInbox,
    EndpointGauge,
    // where it keeps things and how it reaches out
    { provide: AccountOwners, useClass: PostgresAccountOwners },
    { provide: AnnouncedRiskChanges, useClass: PostgresAnnouncedRiskChanges },
    { provide: DeliveryQueue, useClass: PostgresDeliveryQueue },
    { provide: WebhookEndpointStore, useClass: PostgresWebhookEndpointStore },
    { provide: Inbox, useClass: PostgresInbox },
    { provide: LiveStream, useClass: PostgresLiveStream },
    { provide: ToldTexts, useClass: PostgresToldTexts },
    { provide: WebhookSender, useClass: UndiciWebhookSender },
  ],
})
export class AppModule {}
