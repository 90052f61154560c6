import { renewalsTopic } from '@perennial/contracts/topics';
import type { ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { parseRenewalForecastingConfig, type RenewalForecastingConfig } from './config.js';
import { clearDerived } from './persistence/clear-derived.js';
import { CreateRenewalTables1700000000001 } from './persistence/migrations/create-renewal-tables.js';

export const renewalForecasting: ServiceDefinition<RenewalForecastingConfig> = {
  name: 'renewal-forecasting',
  module: AppModule,
  entities: [],
  migrations: [CreateRenewalTables1700000000001],
  writes: [renewalsTopic],
  parseConfig: parseRenewalForecastingConfig,
  clearDerived,
};
