import { allTopics } from '@perennial/contracts/topics';
import { topicSpec, type EventLog } from '@perennial/messaging/event-log';
import { EmbeddedPostgres } from '@perennial/persistence/embedded/embedded-postgres';
import { TestClock } from '@perennial/service-kit/clock';
import { createLogger } from '@perennial/service-kit/logging';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import type { Platform, RunningService, ServiceDefinition } from '@perennial/service-kit/service';
import { startService } from '@perennial/service-kit/start-service';
import { startTelemetry } from '@perennial/service-kit/telemetry';
import { pino, type Logger } from 'pino';
import { join, resolve } from 'node:path';
import { resumeClock, saveClock } from './business-clock.js';
import { adminEmail, writeCredentials, type Credentials } from './credentials.js';
import { requireFreePort } from './require-free-port.js';
import { letPostgresPass, secretsOf } from './secrets.js';
import { addressesOf, databases, edgeOf, gatewayDefinition, logDatabase, secretSettingsOf, services } from './services.js';
import { TestClockDriver } from './test-clock-driver.js';

export interface PerennialOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Address under which others reach it; null: the one it listens on. */
  readonly publicUrl: string | null;
  /** Kafka brokers; null for the log in Postgres. */
  readonly kafka: readonly string[] | null;
  readonly allowPrivateWebhooks: boolean;
  readonly testClock: Date | null;
  readonly logLevel: string;
}

/** The whole system in this process. */
export interface RunningPerennial {
  readonly credentials: Credentials;
  readonly services: readonly RunningService[];
  /** Drains in order: gateway, services, log, Postgres. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';
/** One process has two or three of them in hand at a time: more only cut its chunks smaller. Topics that are there keep their number. */
const partitionsInOneProcess = 4;
/** No other replica makes work that this process is not told of, so due work is looked for less often than by services apart. */
const dueWorkPollMs = 15_000;

/**
 * Starts PostgreSQL, the log, the five services and the gateway. Throws with one line that says what to do for
 * a port in use, a data folder that is locked, newer or ahead in time, and a broker that does not answer.
 */
export async function startPerennial(options: PerennialOptions): Promise<RunningPerennial> {
  const dataDir = resolve(options.dataDir);
  await requireFreePort(host, options.port);
  const secrets = await secretsOf(dataDir, databases);
  letPostgresPass(dataDir);
  const logger = createLogger({ level: options.logLevel, destination: pino.destination({ dest: 2, sync: false }) });
  const clock = resumeClock(dataDir, options.testClock);
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const telemetry = await startTelemetry({ OTEL_SERVICE_NAME: 'perennial', ...process.env });
    undo.push(() => telemetry.shutdown());
    // Brokers first: when they do not answer, nothing else has to be started and stopped.
    const kafka = options.kafka ? await connectKafka(options.kafka, logger) : null;
    if (kafka) undo.push(() => kafka.close());
    const postgres = await EmbeddedPostgres.start({
      dataDir: join(dataDir, 'postgres'),
      databases: databases.map((name) => ({ name, password: secrets.databasePasswords[name]! })),
      onFailure: (error) => logger.fatal({ err: error }, 'PostgreSQL is gone: stop and start again'),
    });
    undo.push(() => postgres.stop());
    saveClock(dataDir, clock);
    const databaseUrl = (name: string) => postgres.urlOf(name, secrets.databasePasswords[name]!);
    const eventLog = kafka ?? (await openEventLog({ kind: 'postgres', url: databaseUrl(logDatabase) }, 'perennial', logger));
    if (!kafka) undo.push(() => eventLog.close());
    // Once for all, so that six services need not do it at the same moment.
    await eventLog.ensureTopics(allTopics.map((topic) => topicSpec(topic, topic.partitions ?? partitionsInOneProcess)));

    const shared = { eventLog, clock, logger, identityPublicKey: secrets.identityPublicKey, host };
    const env = { DUE_WORK_POLL_MS: String(dueWorkPollMs), ...settingsOfServices(), ALLOW_PRIVATE_WEBHOOKS: String(options.allowPrivateWebhooks), ...(options.publicUrl ? { PUBLIC_URL: options.publicUrl } : {}) };
    const start = (definition: ServiceDefinition, more: Partial<Platform> = {}) => startService(definition, { ...shared, databaseUrl: databaseUrl(definition.name), port: 0, env, ...more });
    // All at once: on Kafka each waits for the fetches it has under way.
    const open: RunningService[] = [];
    undo.push(async () => void (await Promise.all(open.map((service) => service.close()))));
    const running = await settledAll(services.map(async (definition) => {
      const service = await start(definition, { env: { ...env, ...secretSettingsOf(definition.name, secrets) } });
      open.push(service);
      return service;
    }));
    const all: RunningService[] = [...running];
    const driver = clock instanceof TestClock ? new TestClockDriver(clock, () => all, (now) => saveClock(dataDir, clock, now)) : null;
    const gateway = await start(gatewayDefinition(driver), { port: options.port, env: { ...env, ...addressesOf(running), ...secretSettingsOf('gateway', secrets) }, mount: edgeOf(running) });
    undo.push(() => gateway.close());
    all.push(gateway);
    const credentials = { url: gateway.url, admin: { email: adminEmail, password: secrets.adminPassword }, writeKey: secrets.writeKey, apiKey: secrets.apiKey };
    writeCredentials(dataDir, credentials);
    return { credentials, services: all, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings of the services that may be given by environment variable. */
function settingsOfServices(): Record<string, string> {
  const names = ['REPORTING_CURRENCY', 'INGEST_REQUESTS_PER_SECOND', 'SIGNALS_KEPT_DAYS', 'IMPORT_MAX_BYTES', 'REJECTED_KEPT_DAYS', 'RESTATEMENTS_KEPT_DAYS', 'NOTIFICATIONS_KEPT_DAYS', 'INBOX_KEPT_DAYS', 'DEAD_LETTERS_KEPT_DAYS', 'OBSERVE', 'KEY_FEATURES', 'CLEANUP_QUESTION_PERCENT', 'CLEANUP_QUESTION_FEWEST'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

/** While it connects the client keeps quiet: the error itself says all there is to say. */
async function connectKafka(brokers: readonly string[], logger: Logger): Promise<EventLog> {
  const own = logger.child({}, { level: 'silent' });
  const log = await openEventLog({ kind: 'kafka', brokers: [...brokers] }, 'perennial', own);
  own.level = logger.level;
  return log;
}

/** Waits for all, then throws the first failure: what did start can be stopped. */
async function settledAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
