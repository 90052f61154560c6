import { gateway } from '@perennial/gateway/service';
import { healthScoring } from '@perennial/health-scoring/service';
import { notifications } from '@perennial/notifications/service';
import { playbookOrchestration } from '@perennial/playbook-orchestration/service';
import { renewalForecasting } from '@perennial/renewal-forecasting/service';
import type { Mount, RunningService, ServiceDefinition } from '@perennial/service-kit/service';
import { signalIngestion, vendorPaths } from '@perennial/signal-ingestion/service';
import { adminEmail } from './credentials.js';
import type { Secrets } from './secrets.js';
import type { TestClockDriver } from './test-clock-driver.js';

/** The five services behind the gateway. */
export const services: readonly ServiceDefinition[] = [signalIngestion, healthScoring, renewalForecasting, playbookOrchestration, notifications];

export const logDatabase = 'log';

/** One database and one role each. */
export const databases: readonly string[] = [...services.map((service) => service.name), 'gateway', logDatabase];

export const gatewayDefinition = (testClock: TestClockDriver | null): ServiceDefinition => gateway(testClock ? { testClock } : {});

/** Where the gateway finds the services that were started before it. */
export function addressesOf(running: readonly RunningService[]): Record<string, string> {
  return Object.fromEntries(running.map((service) => [`${service.name.toUpperCase().replaceAll('-', '_')}_URL`, service.url]));
}

/** Settings that are secret and that one service alone may know. */
export function secretSettingsOf(service: string, secrets: Secrets): Record<string, string> {
  if (service === signalIngestion.name) return { FIRST_WRITE_KEY: secrets.writeKey, SOURCE_SECRETS_KEY: secrets.sourceSecretsKey };
  if (service !== 'gateway') return {};
  return { IDENTITY_PRIVATE_KEY: secrets.identityPrivateKey, ADMIN_EMAIL: adminEmail, ADMIN_PASSWORD: secrets.adminPassword, FIRST_API_KEY: secrets.apiKey };
}

/** Vendors' clients reach the edge without a hop through the gateway. */
export function edgeOf(running: readonly RunningService[]): Mount {
  const edge = running.find((service) => service.name === signalIngestion.name)!;
  return { matches: vendorPaths, routing: edge.routing };
}
