import { messagingContract } from './messaging.contract.js';
import { postgresHarness } from './postgres.harness.js';
import { rebuildContract } from './rebuild.contract.js';

messagingContract('Postgres', postgresHarness);
rebuildContract('Postgres', postgresHarness);
