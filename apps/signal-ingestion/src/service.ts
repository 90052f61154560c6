import { accountsTopic, peopleTopic, signalsTopic, sourcesTopic, telemetryTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseSignalIngestionConfig, type SignalIngestionConfig } from './config.js';
import { Edge } from './edge/edge.js';
import { AddHookEndpoints1700000000040 } from './persistence/migrations/add-hook-endpoints.js';
import { CreateErasure1700000000034 } from './persistence/migrations/create-erasure.js';
import { CreateIngestionTables1700000000001 } from './persistence/migrations/create-ingestion-tables.js';
import { CreateMapping1700000000033 } from './persistence/migrations/create-mapping.js';
import { CreateSourceFigures1700000000031 } from './persistence/migrations/create-source-figures.js';
import { IndexRejectedByAge1700000000003 } from './persistence/migrations/index-rejected-by-age.js';
import { IndexUnassignedDomains1700000000051 } from './persistence/migrations/index-unassigned-domains.js';
import { LinkAccounts1700000000020 } from './persistence/migrations/link-accounts.js';
import { CreateImportTables1700000000050 } from './persistence/migrations/create-import-tables.js';
import { IndexIdentityEmails1700000000069 } from './persistence/migrations/index-identity-emails.js';
import { IndexPeopleMessages1700000000066 } from './persistence/migrations/index-people-messages.js';
import { ImportUpload } from './http/import-upload.js';
import { KeepRejectedEvents1700000000060 } from './persistence/migrations/keep-rejected-events.js';
import { CreateMappingRestatements1700000000061 } from './persistence/migrations/create-mapping-restatements.js';
import { NameImportsOfPeople1700000000073 } from './persistence/migrations/name-imports-of-people.js';
import { LeaseErasures1700000000068 } from './persistence/migrations/lease-erasures.js';
import { NameAwaitedReaders1700000000067 } from './persistence/migrations/name-awaited-readers.js';
import { ReplayRejected1700000000030 } from './persistence/migrations/replay-rejected.js';
import { NoteErasuresAtAccounts1700000000070 } from './persistence/migrations/note-erasures-at-accounts.js';
import { DismissRejected1700000000072 } from './persistence/migrations/dismiss-rejected.js';
import { NoteWhetherErasedWereKnown1700000000071 } from './persistence/migrations/note-whether-erased-were-known.js';
import { RotateWriteKeys1700000000032 } from './persistence/migrations/rotate-write-keys.js';
import { KeepTracesOfWaitingSignals1700000000002 } from './persistence/migrations/keep-traces-of-waiting-signals.js';

export { vendorPaths } from './edge/vendor-paths.js';

export const signalIngestion: ServiceDefinition<SignalIngestionConfig> = {
  name: 'signal-ingestion',
  module: AppModule,
  entities: [],
  migrations: [
    CreateIngestionTables1700000000001, KeepTracesOfWaitingSignals1700000000002, IndexRejectedByAge1700000000003, LinkAccounts1700000000020,
    ReplayRejected1700000000030, CreateSourceFigures1700000000031, RotateWriteKeys1700000000032, CreateMapping1700000000033, CreateErasure1700000000034,
    AddHookEndpoints1700000000040, CreateImportTables1700000000050, IndexUnassignedDomains1700000000051,
    KeepRejectedEvents1700000000060, CreateMappingRestatements1700000000061,
    IndexPeopleMessages1700000000066, NameAwaitedReaders1700000000067, LeaseErasures1700000000068, IndexIdentityEmails1700000000069, NoteErasuresAtAccounts1700000000070, NoteWhetherErasedWereKnown1700000000071,
    DismissRejected1700000000072, NameImportsOfPeople1700000000073,
  ],
  writes: [telemetryTopic, signalsTopic, accountsTopic, sourcesTopic, peopleTopic],
  parseConfig: parseSignalIngestionConfig,
  configureHttp: (app, _config, guard) => {
    app.get(Edge).register(app.getHttpAdapter().getInstance(), guard);
    app.get(ImportUpload).register(app.getHttpAdapter().getInstance());
  },
};
