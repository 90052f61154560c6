import { healthTopic, riskChangesTopic, scorecardsTopic, sourcesTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseHealthScoringConfig, type HealthScoringConfig } from './config.js';
import { clearDerived } from './persistence/clear-derived.js';
import { AddProducts1700000000083 } from './persistence/migrations/add-products.js';
import { AddNoteSentiment1700000000081 } from './persistence/migrations/add-note-sentiment.js';
import { AddShadowScores1700000000061 } from './persistence/migrations/add-shadow-scores.js';
import { AddUnusedSignals1700000000084 } from './persistence/migrations/add-unused-signals.js';
import { AddUsagePeers1700000000063 } from './persistence/migrations/add-usage-peers.js';
import { ScoreOverrides1700000000082 } from './persistence/migrations/score-overrides.js';
import { CreateHealthTables1700000000001 } from './persistence/migrations/create-health-tables.js';
import { CreateScorecards1700000000062 } from './persistence/migrations/create-scorecards.js';

export const healthScoring: ServiceDefinition<HealthScoringConfig> = {
  name: 'health-scoring',
  module: AppModule,
  entities: [],
  migrations: [CreateHealthTables1700000000001, AddShadowScores1700000000061, CreateScorecards1700000000062, AddUsagePeers1700000000063, AddNoteSentiment1700000000081, ScoreOverrides1700000000082, AddProducts1700000000083, AddUnusedSignals1700000000084],
  writes: [healthTopic, riskChangesTopic, sourcesTopic, scorecardsTopic],
  clearDerived,
  parseConfig: parseHealthScoringConfig,
};
