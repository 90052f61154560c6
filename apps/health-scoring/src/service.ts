import { healthTopic, riskChangesTopic, scorecardsTopic, sourcesTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseHealthScoringConfig, type HealthScoringConfig } from './config.js';
import { versionProblemOf } from './http/version-problems.js';
import { clearDerived } from './persistence/clear-derived.js';
import { AddImportQuestions1700000000094 } from './persistence/migrations/add-import-questions.js';
import { AddKeyFeatures1700000000091 } from './persistence/migrations/add-key-features.js';
import { AddLeadingIndicators1700000000092 } from './persistence/migrations/add-leading-indicators.js';
import { AddRestatedDays1700000000093 } from './persistence/migrations/add-restated-days.js';
import { AddProducts1700000000083 } from './persistence/migrations/add-products.js';
import { AddNoteSentiment1700000000081 } from './persistence/migrations/add-note-sentiment.js';
import { AddShadowScores1700000000061 } from './persistence/migrations/add-shadow-scores.js';
import { AddUnusedSignals1700000000084 } from './persistence/migrations/add-unused-signals.js';
import { AddUsagePeers1700000000063 } from './persistence/migrations/add-usage-peers.js';
import { ScoreOverrides1700000000082 } from './persistence/migrations/score-overrides.js';
import { AddBacktests1700000000072 } from './persistence/migrations/add-backtests.js';
import { AddContractOutcomes1700000000073 } from './persistence/migrations/add-contract-outcomes.js';
import { AddDayFacts1700000000064 } from './persistence/migrations/add-day-facts.js';
import { AddSimulatedTerms1700000000066 } from './persistence/migrations/add-simulated-terms.js';
import { AddSimulations1700000000065 } from './persistence/migrations/add-simulations.js';
import { AddCohortTables1700000000071 } from './persistence/migrations/add-cohort-tables.js';
import { LeaveDaysBySpans1700000000095 } from './persistence/migrations/leave-days-by-spans.js';
import { CreateHealthTables1700000000001 } from './persistence/migrations/create-health-tables.js';
import { CreateScorecards1700000000062 } from './persistence/migrations/create-scorecards.js';

export const healthScoring: ServiceDefinition<HealthScoringConfig> = {
  name: 'health-scoring',
  module: AppModule,
  entities: [],
  migrations: [
    CreateHealthTables1700000000001, AddShadowScores1700000000061, CreateScorecards1700000000062, AddUsagePeers1700000000063,
    AddDayFacts1700000000064, AddSimulations1700000000065, AddCohortTables1700000000071, AddContractOutcomes1700000000073, AddBacktests1700000000072,
    AddNoteSentiment1700000000081, ScoreOverrides1700000000082, AddProducts1700000000083, AddUnusedSignals1700000000084,
    AddKeyFeatures1700000000091, AddLeadingIndicators1700000000092,
    AddSimulatedTerms1700000000066, AddRestatedDays1700000000093, AddImportQuestions1700000000094, LeaveDaysBySpans1700000000095,
  ],
  writes: [healthTopic, riskChangesTopic, sourcesTopic, scorecardsTopic],
  clearDerived,
  problemOf: versionProblemOf,
  parseConfig: parseHealthScoringConfig,
};
