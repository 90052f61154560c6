import { Module } from '@nestjs/common';
import { AccountHealthStore } from './application/account-health-store.js';
import { AnswerImports } from './application/answer-imports.js';
import { AskAboutImports } from './application/ask-about-imports.js';
import { AskForBacktests } from './application/ask-for-backtests.js';
import { Backfills } from './application/backfills.js';
import { AccountAdoption } from './application/account-adoption.js';
import { AccountTrees } from './application/account-trees.js';
import { BacktestReports } from './application/backtest-reports.js';
import { BacktestScorecard } from './application/backtest-scorecard.js';
import { BacktestStore } from './application/backtest-store.js';
import { ChangeScorecards } from './application/change-scorecards.js';
import { ContactQueries } from './application/contact-queries.js';
import { CorrectNotes } from './application/correct-notes.js';
import { FoldNotes } from './application/fold-notes.js';
import { FollowScorecards } from './application/follow-scorecards.js';
import { DayStore } from './application/day-store.js';
import { ForgetReadings } from './application/forget-readings.js';
import { CohortStore } from './application/cohort-store.js';
import { CompareCohorts } from './application/compare-cohorts.js';
import { CompareUsage } from './application/compare-usage.js';
import { ExplainHealth } from './application/explain-health.js';
import { HealthQueries } from './application/health-queries.js';
import { JudgeAccounts } from './application/judge-accounts.js';
import { JudgementQueries } from './application/judgement-queries.js';
import { JudgementRecord } from './application/judgement-record.js';
import { ImportQuestionStore } from './application/import-question-store.js';
import { KeyFeatures, KeyFeatureStore } from './application/key-features.js';
import { LeadingIndicators, LeadingStore } from './application/leading-indicators.js';
import { LookAtDueAccounts } from './application/look-at-due-accounts.js';
import { LookPlan } from './application/look-plan.js';
import { PastDays } from './application/past-days.js';
import { NoteSentimentStore } from './application/note-sentiment-store.js';
import { NoteCustomerDays } from './application/note-customer-days.js';
import { OutcomeStore } from './application/outcome-store.js';
import { RestateDays } from './application/restate-days.js';
import { RestatedDayStore } from './application/restated-day-store.js';
import { RescoreAccounts } from './application/rescore-accounts.js';
import { RunBacktests } from './application/run-backtests.js';
import { ScorecardQueries } from './application/scorecard-queries.js';
import { ScorecardRevisions } from './application/scorecard-revisions.js';
import { ScorecardStore } from './application/scorecard-store.js';
import { ScoringPolicy } from './application/scoring-policy.js';
import { ShipScorecards } from './application/ship-scorecards.js';
import { SignalAgeGauge } from './application/signal-age-gauge.js';
import { SignalTime } from './application/signal-time.js';
import { ForgetSimulations } from './application/simulations/forget-simulations.js';
import { RunSimulations } from './application/simulations/run-simulations.js';
import { SimulateScorecards } from './application/simulations/simulate-scorecards.js';
import { SimulationStore } from './application/simulations/simulation-store.js';
import { Simulator } from './application/simulations/simulator.js';
import { SourceSightings } from './application/source-sightings.js';
import { SourceStore } from './application/source-store.js';
import { StateQueries } from './application/state-queries.js';
import { StakeholderSentiments } from './application/stakeholder-sentiment.js';
import { CountUnusedSignals, UnusedSignalQueries, UnusedSignalStore } from './application/unused-signals.js';
import { UsagePeerStore } from './application/usage-peer-store.js';
import { WatchSources } from './application/watch-sources.js';
import { AccountHealthController } from './http/account-health.controller.js';
import { PastDaysController } from './http/past-days.controller.js';
import { AdoptionController } from './http/adoption.controller.js';
import { LeadingIndicatorsController } from './http/leading-indicators.controller.js';
import { ImportQuestionsController } from './http/import-questions.controller.js';
import { JudgementsController } from './http/judgements.controller.js';
import { ExplanationController } from './http/explanation.controller.js';
import { BacktestsController } from './http/backtests.controller.js';
import { PortfolioController } from './http/portfolio.controller.js';
import { RollUpController } from './http/roll-up.controller.js';
import { SentimentController } from './http/sentiment.controller.js';
import { ScorecardsController } from './http/scorecards.controller.js';
import { UnusedSignalsController } from './http/unused-signals.controller.js';
import { SimulationsController } from './http/simulations.controller.js';
import { ApplyAccountsHandler } from './messaging/apply-accounts.handler.js';
import { ApplyPlansHandler } from './messaging/apply-plans.handler.js';
import { ApplyRenewalsHandler } from './messaging/apply-renewals.handler.js';
import { ApplySignalsHandler } from './messaging/apply-signals.handler.js';
import { ForgetPeopleHandler } from './messaging/forget-people.handler.js';
import { PostgresAccountHealthStore } from './persistence/postgres-account-health-store.js';
import { PostgresImportQuestionStore } from './persistence/postgres-import-question-store.js';
import { PostgresContactQueries } from './persistence/postgres-contact-queries.js';
import { PostgresCohortStore } from './persistence/postgres-cohort-store.js';
import { KnownPlans } from './persistence/known-plans.js';
import { PostgresRestatedDayStore } from './persistence/postgres-restated-day-store.js';
import { PostgresDayStore } from './persistence/postgres-day-store.js';
import { PostgresBacktestStore } from './persistence/postgres-backtest-store.js';
import { PostgresHealthQueries } from './persistence/postgres-health-queries.js';
import { PostgresJudgementQueries } from './persistence/postgres-judgement-queries.js';
import { PostgresJudgementRecord } from './persistence/postgres-judgement-record.js';
import { PostgresKeyFeatureStore } from './persistence/postgres-key-feature-store.js';
import { PostgresLeadingStore } from './persistence/postgres-leading-store.js';
import { PostgresLookPlan } from './persistence/postgres-look-plan.js';
import { PostgresNoteSentimentStore } from './persistence/postgres-note-sentiment-store.js';
import { PostgresScorecardStore } from './persistence/postgres-scorecard-store.js';
import { PostgresStateQueries } from './persistence/postgres-state-queries.js';
import { PostgresUnusedSignalStore } from './persistence/postgres-unused-signal-store.js';
import { PostgresOutcomeStore } from './persistence/postgres-outcome-store.js';
import { PostgresSimulationStore } from './persistence/postgres-simulation-store.js';
import { WorkerSimulator } from './persistence/simulations/worker-simulator.js';
import { WorkerReports } from './persistence/threads/worker-reports.js';
import { PostgresUsagePeerStore } from './persistence/postgres-usage-peer-store.js';
import { PostgresSourceStore } from './persistence/postgres-source-store.js';

/** Signals in; a health score that explains itself, indicators, strikes and risk changes out. */
@Module({
  controllers: [
    PortfolioController, AccountHealthController, ScorecardsController, SimulationsController, PastDaysController, ExplanationController, BacktestsController, SentimentController, JudgementsController, ImportQuestionsController, AdoptionController, RollUpController,
    UnusedSignalsController, LeadingIndicatorsController,
  ],
  providers: [
    // what it consumes
    ApplySignalsHandler,
    ApplyAccountsHandler,
    ApplyRenewalsHandler,
    ApplyPlansHandler,
    ForgetPeopleHandler,
    // what it does
    RescoreAccounts,
    RestateDays,
    Backfills,
    JudgeAccounts,
    FoldNotes,
    CorrectNotes,
    StakeholderSentiments,
    AccountAdoption,
    AccountTrees,
    CountUnusedSignals,
    UnusedSignalQueries,
    LookAtDueAccounts,
    ChangeScorecards,
    FollowScorecards,
    SimulateScorecards,
    RunSimulations,
    ForgetSimulations,
    WatchSources,
    NoteCustomerDays,
    AskAboutImports,
    AnswerImports,
    AskForBacktests,
    BacktestScorecard,
    RunBacktests,
    CompareUsage,
    CompareCohorts,
    ForgetReadings,
    SignalAgeGauge,
    // what it judges by
    ShipScorecards,
    ScoringPolicy,
    KeyFeatures,
    ScorecardQueries,
    PastDays,
    ScorecardRevisions,
    ExplainHealth,
    LeadingIndicators,
    SourceSightings,
    SignalTime,
    // where it keeps things
    { provide: AccountHealthStore, useClass: PostgresAccountHealthStore },
    { provide: ImportQuestionStore, useClass: PostgresImportQuestionStore },
    { provide: JudgementRecord, useClass: PostgresJudgementRecord },
    { provide: NoteSentimentStore, useClass: PostgresNoteSentimentStore },
    { provide: ContactQueries, useClass: PostgresContactQueries },
    { provide: JudgementQueries, useClass: PostgresJudgementQueries },
    { provide: UnusedSignalStore, useClass: PostgresUnusedSignalStore },
    { provide: StateQueries, useClass: PostgresStateQueries },
    { provide: KeyFeatureStore, useClass: PostgresKeyFeatureStore },
    { provide: LeadingStore, useClass: PostgresLeadingStore },
    { provide: LookPlan, useClass: PostgresLookPlan },
    { provide: ScorecardStore, useClass: PostgresScorecardStore },
    { provide: UsagePeerStore, useClass: PostgresUsagePeerStore },
    { provide: SimulationStore, useClass: PostgresSimulationStore },
    { provide: Simulator, useClass: WorkerSimulator },
    { provide: BacktestStore, useClass: PostgresBacktestStore },
    { provide: BacktestReports, useClass: WorkerReports },
    { provide: OutcomeStore, useClass: PostgresOutcomeStore },
    { provide: SourceStore, useClass: PostgresSourceStore },
    { provide: CohortStore, useClass: PostgresCohortStore },
    KnownPlans,
    { provide: RestatedDayStore, useClass: PostgresRestatedDayStore },
    { provide: DayStore, useClass: PostgresDayStore },
    { provide: HealthQueries, useClass: PostgresHealthQueries },
  ],
})
export class AppModule {}
