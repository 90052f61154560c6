import { isIP } from 'node:net';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { messagingMigrations } from '@perennial/messaging/messaging-migrations';
import { TypeOrmDatabase } from '@perennial/persistence/type-orm-database';
import { AccessGuard, byIdentityToken } from './access-guard.js';
import { DueWorkRunner, defaultPollMs } from './due-work-runner.js';
import { ConfigFaults, EnvironmentReader, type Environment } from './environment.js';
import { configureHttp } from './http/configure.js';
import { refuseOtherMethods } from './http/other-methods.js';
import { fastifyAdapter } from './http/server.js';
import { IdentityTokenVerifier } from './identity-token.js';
import { kitMigrations } from './kit-migrations.js';
import { ServiceGauges } from './operations/service-gauges.js';
import { NestLogger } from './logging.js';
import { ServiceKitModule, dueWorkOf } from './service-kit-module.js';
import type { Platform, RunningService, ServiceDefinition } from './service.js';
import { startMessaging } from './service-messaging.js';
import { ServiceState } from './service-state.js';
import { StartedService } from './started-service.js';
import { processMetrics } from './process-metrics.js';

/** Connections that may wait to be taken up: what does not fit waits for seconds on the caller's side. The system may allow fewer. */
const connectionBacklog = 4096;

/**
 * Opens the service's database, builds its Nest app, starts its consumers, relay and due work, and listens.
 * Throws `ConfigFaults` with every fault of its settings, `Transient` when the database or the log is away.
 */
export async function startService(definition: ServiceDefinition, platform: Platform): Promise<RunningService> {
  processMetrics();
  const { name } = definition;
  const { config, pollMs, deadLettersKeptDays, trustedProxies, faults } = serviceSettings(definition, platform.env);
  if (faults.length > 0) throw new ConfigFaults(name, faults);
  // In a process of its own the logger has the service's name already; a second one would be the same key twice.
  const logger = platform.logger.bindings()['service'] === name ? platform.logger : platform.logger.child({ service: name });
  const verifier = await IdentityTokenVerifier.fromJwk(platform.identityPublicKey, name);
  const database = await TypeOrmDatabase.open({
    url: platform.databaseUrl,
    applicationName: name,
    poolSize: platform.poolSize ?? 10,
    entities: definition.entities,
    migrations: [...kitMigrations, ...messagingMigrations, ...definition.migrations],
  });
  const state = new ServiceState(name);
  const runner = new DueWorkRunner(platform.clock, logger, pollMs);
  const started = { ...platform, logger };
  let app: NestFastifyApplication | undefined;
  try {
    const kit = ServiceKitModule.register({ definition, platform: started, database, config, state, runner, deadLettersKeptDays });
    app = await NestFactory.create<NestFastifyApplication>(
      { module: RootModule, imports: [kit, definition.module] },
      fastifyAdapter(platform.mount, logger, trustedProxies),
      // Nest's own logger is one for the whole process, so it does not carry this service's name.
      { logger: new NestLogger(platform.logger), abortOnError: false, bodyParser: false },
    );
    const guard = new AccessGuard(definition.authenticate?.(app) ?? byIdentityToken(verifier));
    const routes = configureHttp(app, name, guard, logger, definition.problemOf);
    await definition.configureHttp?.(app, config, guard);
    await app.init();
    refuseOtherMethods(app.getHttpAdapter().getInstance(), routes, guard);
    await startMessaging(app, definition, platform);
    runner.start(dueWorkOf(app.get(DiscoveryService)));
    app.get(ServiceGauges, { strict: false }).start();
    await app.listen({ port: platform.port, host: platform.host, backlog: connectionBacklog });
    return new StartedService(name, app, routes, database, runner, state);
  } catch (error) {
    await runner.stop();
    await app?.close();
    await database.close();
    throw error;
  }
}

class RootModule {}

/** Settings that a service has however it is run; `faults` names every variable that is wrong. */
export function serviceSettings(definition: ServiceDefinition, env: Environment): { config: object; pollMs: number; deadLettersKeptDays: number; trustedProxies: readonly string[]; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const pollMs = reader.integer('DUE_WORK_POLL_MS', { fallback: defaultPollMs, min: 50, max: 60_000 });
  // A replay that comes twice is known by its row: the log must have let go of the second by then.
  const deadLettersKeptDays = reader.integer('DEAD_LETTERS_KEPT_DAYS', { fallback: 90, min: 15, max: 36_500 });
  const trustedProxies = proxies(reader);
  const { config, faults } = definition.parseConfig(env);
  return { config, pollMs, deadLettersKeptDays, trustedProxies, faults: [...reader.faults, ...faults] };
}

/** Addresses (CIDR blocks too) whose X-Forwarded-For is believed; callers are counted by it. */
function proxies(reader: EnvironmentReader): string[] {
  const list = (reader.optional('TRUSTED_PROXIES') ?? '').split(',').map((one) => one.trim()).filter(Boolean);
  if (list.some((one) => isIP(one.split('/', 1)[0] ?? '') === 0)) reader.faults.push('TRUSTED_PROXIES must be a list of addresses or CIDR blocks with commas between');
  return list;
}
