import { messagingContract } from './messaging.contract.js';
import { postgresHarness } from './postgres.harness.js';

messagingContract('Postgres', postgresHarness);
