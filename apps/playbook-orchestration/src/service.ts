import { plansTopic, playbooksTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseOrchestrationConfig, type OrchestrationConfig } from './config.js';
import { CreatePlaybookTables1700000000001 } from './persistence/migrations/create-playbook-tables.js';

export const playbookOrchestration: ServiceDefinition<OrchestrationConfig> = {
  name: 'playbook-orchestration',
  module: AppModule,
  entities: [],
  migrations: [CreatePlaybookTables1700000000001],
  writes: [plansTopic, playbooksTopic],
  parseConfig: parseOrchestrationConfig,
};
