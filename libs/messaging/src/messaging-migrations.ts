import type { MigrationInterface } from 'typeorm';
import { AddRebuildPositions1700000000005 } from './add-rebuild-positions.js';
import { CreateMessagingTables1700000000000 } from './messaging-migration.js';

/** Tables that messaging has in every service's own database. */
export const messagingMigrations: readonly (new () => MigrationInterface)[] = [CreateMessagingTables1700000000000, AddRebuildPositions1700000000005];
