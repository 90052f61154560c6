import { eventLogContract } from './event-log.contract.js';
import { postgresHarness } from './postgres.harness.js';

eventLogContract('Postgres', postgresHarness);
