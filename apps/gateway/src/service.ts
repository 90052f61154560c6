import { usersTopic } from '@perennial/contracts/topics';
import type { RunningService, ServiceDefinition } from '@perennial/service-kit/service';
import { AppModule } from './app.module.js';
import { AuthenticateCaller } from './application/authenticate.js';
import { FirstCredentials } from './application/first-credentials.js';
import { parseGatewayConfig, type GatewayConfig } from './config.js';
import type { Scope } from './domain/scope.js';
import { configureGateway } from './http/configure.js';
import type { TestClockDriver } from './http/test-clock.controller.js';
import { CreateGatewayTables1700000000001 } from './persistence/create-gateway-tables.js';

export { newApiKey } from './application/manage-api-keys.js';
export type { TestClockDriver } from './http/test-clock.controller.js';

export interface GatewayOptions {
  /** What moves the business time of the system; without it `/api/v1/test-clock` is 404. */
  readonly testClock?: TestClockDriver | undefined;
}

/** The one origin: sign-in, API keys, users, and the way to every service. */
export function gateway({ testClock }: GatewayOptions = {}): ServiceDefinition<GatewayConfig> {
  return {
    name: 'gateway',
    module: AppModule.register(testClock ?? null),
    entities: [],
    migrations: [CreateGatewayTables1700000000001],
    writes: [usersTopic],
    isPublicOrigin: true,
    parseConfig: parseGatewayConfig,
    configureHttp: configureGateway,
    authenticate: (app) => {
      const callers = app.get(AuthenticateCaller);
      return (request) => callers.authenticate(request);
    },
  };
}

/** Makes an admin who signs in with this e-mail and password; an existing user of the e-mail stays as it is. */
export function ensureAdmin(service: RunningService, email: string, password: string): Promise<void> {
  return service.get(FirstCredentials).ensureAdmin(email, password);
}

/** Stores an API key made by `newApiKey`; one that is stored already stays as it is. */
export function ensureApiKey(service: RunningService, key: string, name: string, scopes: readonly Scope[]): Promise<void> {
  return service.get(FirstCredentials).ensureApiKey(key, name, scopes);
}
