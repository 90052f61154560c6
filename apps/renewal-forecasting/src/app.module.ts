import { Module } from '@nestjs/common';
import { AccountForecastStore } from './application/account-forecast-store.js';
import { ContractLedgerReader } from './application/contract-ledger-reader.js';
import { ForecastAccounts } from './application/forecast-accounts.js';
import { ForecastingPolicy } from './application/forecasting-policy.js';
import { LookAtDueAccounts } from './application/look-at-due-accounts.js';
import { PublishedRenewalsReader } from './application/published-renewals-reader.js';
import { ContractsController } from './http/contracts.controller.js';
import { RenewalsController } from './http/renewals.controller.js';
import { ApplyHealthHandler } from './messaging/apply-health.handler.js';
import { ApplySignalsHandler } from './messaging/apply-signals.handler.js';
import { ForgetPeopleHandler } from './messaging/forget-people.handler.js';
import { PostgresAccountForecastStore } from './persistence/postgres-account-forecast-store.js';
import { PostgresContractLedgerReader } from './persistence/postgres-contract-ledger-reader.js';
import { PostgresPublishedRenewalsReader } from './persistence/postgres-published-renewals-reader.js';

/** Contracts, goals and health in; renewals with their probability out. */
@Module({
  controllers: [ContractsController, RenewalsController],
  providers: [
    // what it consumes
    ApplySignalsHandler,
    ApplyHealthHandler,
    ForgetPeopleHandler,
    // what it does
    ForecastAccounts,
    LookAtDueAccounts,
    ForecastingPolicy,
    // where it keeps things
    { provide: AccountForecastStore, useClass: PostgresAccountForecastStore },
    { provide: PublishedRenewalsReader, useClass: PostgresPublishedRenewalsReader },
    { provide: ContractLedgerReader, useClass: PostgresContractLedgerReader },
  ],
})
export class AppModule {}
