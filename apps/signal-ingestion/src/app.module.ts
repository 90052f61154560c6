import { Module } from '@nestjs/common';
import { AccountStore } from './application/account-store.js';
import { AccountTree } from './application/account-tree.js';
import { CapNames } from './application/cap-names.js';
import { DryRunMapping } from './application/dry-run-mapping.js';
import { EraseFromLog } from './application/erase-from-log.js';
import { ErasePeople } from './application/erase-people.js';
import { Erasures } from './application/erasures.js';
import { HookStore } from './application/hook-store.js';
import { IdentityStore } from './application/identity-store.js';
import { EndImports } from './application/imports/end-imports.js';
import { ImportStore } from './application/imports/import-store.js';
import { PreviewImport } from './application/imports/preview-import.js';
import { PurgeRowErrors, PurgeUploads } from './application/imports/purge-imports.js';
import { RunImports } from './application/imports/run-imports.js';
import { SaveAccountRows } from './application/imports/save-account-rows.js';
import { TakeSignalRows } from './application/imports/take-signal-rows.js';
import { Uploads } from './application/imports/uploads.js';
import { LogReaders } from './application/log-readers.js';
import { MappingStore } from './application/mapping-store.js';
import { MergeAccounts } from './application/merge-accounts.js';
import { MergeHistory } from './application/merge-history.js';
import { MergePeople } from './application/merge-people.js';
import { MessageStore } from './application/message-store.js';
import { PeopleStore } from './application/people-store.js';
import { PersonalDataStore } from './application/personal-data-store.js';
import { PublishAccounts } from './application/publish-accounts.js';
import { PublishedMappings } from './application/published-mappings.js';
import { PurgeFigures } from './application/purge-figures.js';
import { PurgeOldMessages } from './application/purge-old-messages.js';
import { PurgeRejected } from './application/purge-rejected.js';
import { PurgeRestatements } from './application/purge-restatements.js';
import { MappingRestatements } from './application/mapping-restatements.js';
import { ReadMessages } from './application/read-messages.js';
import { RecordSignals } from './application/record-signals.js';
import { RejectedStore } from './application/rejected-store.js';
import { ReplayQueue } from './application/replay-queue.js';
import { ReplayRejected } from './application/replay-rejected.js';
import { RegroupAccounts } from './application/regroup-accounts.js';
import { RereadHookEvents } from './application/reread-hook-events.js';
import { ReplayWaiting } from './application/replay-waiting.js';
import { RestateByMapping } from './application/restate-by-mapping.js';
import { RetellMessages } from './application/retell-messages.js';
import { RestateAccounts } from './application/restate-accounts.js';
import { Restatements } from './application/restatements.js';
import { RotateWriteKeys } from './application/rotate-write-keys.js';
import { SaveAccount } from './application/save-account.js';
import { SecretBox } from './application/secret-box.js';
import { SourceFigures } from './application/source-figures.js';
import { SourceGauge } from './application/source-gauge.js';
import { SourceNames } from './application/source-names.js';
import { SourceStore } from './application/source-store.js';
import { Sources } from './application/sources.js';
import { SuppressionStore } from './application/suppression-store.js';
import { Suppression } from './application/suppression.js';
import { TakeMessages } from './application/take-messages.js';
import { TellOfPeople } from './application/tell-of-people.js';
import { UnknownAccounts } from './application/unknown-accounts.js';
import { WatchRhythms } from './application/watch-rhythms.js';
import { WebhookSources } from './application/webhook-sources.js';
import { WriteKeyStore } from './application/write-key-store.js';
import { Edge } from './edge/edge.js';
import { FrontDoor } from './edge/front-door.js';
import { HookEndpoints } from './edge/hooks/hook-endpoints.js';
import { HookMapper } from './application/hooks/hook-mapper.js';
import { HooksRoute } from './edge/hooks/hooks-route.js';
import { Mappings } from './application/hooks/mappings.js';
import { RateLimit } from './edge/rate-limit.js';
import { SettingsRoute } from './edge/settings-route.js';
import { SignalsRoute } from './edge/signals-route.js';
import { VendorRoutes } from './edge/vendor-routes.js';
import { WriteKeys } from './edge/write-keys.js';
import { AccountLinksController } from './http/account-links.controller.js';
import { AccountsController } from './http/accounts.controller.js';
import { HookSourcesController } from './http/hook-sources.controller.js';
import { ImportUpload } from './http/import-upload.js';
import { ImportsController } from './http/imports.controller.js';
import { MappingController } from './http/mapping.controller.js';
import { PeopleIdentityController } from './http/people-identity.controller.js';
import { PeopleController } from './http/people.controller.js';
import { PrivacyController } from './http/privacy.controller.js';
import { RejectedController } from './http/rejected.controller.js';
import { RestatementsController } from './http/restatements.controller.js';
import { SourceBoundsController } from './http/source-bounds.controller.js';
import { SourceFiguresController } from './http/source-figures.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { UnknownAccountsController } from './http/unknown-accounts.controller.js';
import { WriteKeysController } from './http/write-keys.controller.js';
import { TelemetryConsumer } from './messaging/telemetry-consumer.js';
import { PostgresAccountStore } from './persistence/postgres-account-store.js';
import { PostgresAccountTree } from './persistence/postgres-account-tree.js';
import { PostgresErasures } from './persistence/postgres-erasures.js';
import { PostgresHookStore } from './persistence/postgres-hook-store.js';
import { PostgresIdentityStore } from './persistence/postgres-identity-store.js';
import { PostgresImportStore } from './persistence/postgres-import-store.js';
import { PostgresMappingStore } from './persistence/postgres-mapping-store.js';
import { PostgresMappingRestatements } from './persistence/postgres-mapping-restatements.js';
import { PostgresMergeHistory } from './persistence/postgres-merge-history.js';
import { PostgresMessageStore } from './persistence/postgres-message-store.js';
import { PostgresPeopleStore } from './persistence/postgres-people-store.js';
import { PostgresPersonalData } from './persistence/postgres-personal-data.js';
import { PostgresRejectedStore } from './persistence/postgres-rejected-store.js';
import { PostgresReplayQueue } from './persistence/postgres-replay-queue.js';
import { PostgresRestatements } from './persistence/postgres-restatements.js';
import { PostgresSourceFigures } from './persistence/postgres-source-figures.js';
import { PostgresSourceNames } from './persistence/postgres-source-names.js';
import { PostgresSourceStore } from './persistence/postgres-source-store.js';
import { PostgresSuppressionStore } from './persistence/postgres-suppression-store.js';
import { PostgresUnknownAccounts } from './persistence/postgres-unknown-accounts.js';
import { PostgresWriteKeyStore } from './persistence/postgres-write-key-store.js';

/** What products and people say comes in; signals and accounts go out. */
@Module({
  controllers: [
    SourcesController, HookSourcesController, AccountsController, AccountLinksController, UnknownAccountsController, PeopleController,
    PeopleIdentityController, RejectedController, RestatementsController, ImportsController, SourceFiguresController, SourceBoundsController,
    WriteKeysController, MappingController, PrivacyController,
  ],
  providers: [
    // the front door: needs no database to accept
    Edge,
    VendorRoutes,
    SignalsRoute,
    SettingsRoute,
    FrontDoor,
    WriteKeys,
    HooksRoute,
    HookEndpoints,
    HookMapper,
    Mappings,
    RateLimit,
    // what it consumes
    TelemetryConsumer,
    // what it does
    PublishedMappings,
    ReadMessages,
    DryRunMapping,
    CapNames,
    Suppression,
    ErasePeople,
    EraseFromLog,
    LogReaders,
    TakeMessages,
    RecordSignals,
    PublishAccounts,
    ReplayWaiting,
    ReplayRejected,
    RereadHookEvents,
    PurgeOldMessages,
    PurgeRejected,
    PurgeFigures,
    WatchRhythms,
    SourceGauge,
    PurgeRestatements,
    RestateAccounts,
    RestateByMapping,
    RetellMessages,
    SaveAccount,
    MergeAccounts,
    RegroupAccounts,
    MergePeople,
    TellOfPeople,
    Sources,
    WebhookSources,
    SecretBox,
    // files
    ImportUpload,
    Uploads,
    PreviewImport,
    RunImports,
    TakeSignalRows,
    SaveAccountRows,
    EndImports,
    PurgeUploads,
    PurgeRowErrors,
    RotateWriteKeys,
    // where it keeps things
    { provide: MessageStore, useClass: PostgresMessageStore },
    { provide: IdentityStore, useClass: PostgresIdentityStore },
    { provide: AccountStore, useClass: PostgresAccountStore },
    { provide: AccountTree, useClass: PostgresAccountTree },
    { provide: MergeHistory, useClass: PostgresMergeHistory },
    { provide: UnknownAccounts, useClass: PostgresUnknownAccounts },
    { provide: PeopleStore, useClass: PostgresPeopleStore },
    { provide: RejectedStore, useClass: PostgresRejectedStore },
    { provide: ReplayQueue, useClass: PostgresReplayQueue },
    { provide: Restatements, useClass: PostgresRestatements },
    { provide: HookStore, useClass: PostgresHookStore },
    { provide: ImportStore, useClass: PostgresImportStore },
    { provide: SourceFigures, useClass: PostgresSourceFigures },
    { provide: SourceNames, useClass: PostgresSourceNames },
    { provide: WriteKeyStore, useClass: PostgresWriteKeyStore },
    { provide: MappingStore, useClass: PostgresMappingStore },
    { provide: MappingRestatements, useClass: PostgresMappingRestatements },
    { provide: SuppressionStore, useClass: PostgresSuppressionStore },
    { provide: PersonalDataStore, useClass: PostgresPersonalData },
    { provide: Erasures, useClass: PostgresErasures },
    { provide: SourceStore, useClass: PostgresSourceStore },
  ],
})
export class AppModule {}
