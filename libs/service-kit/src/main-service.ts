import { SystemClock } from './clock.js';
import { ConfigFaults } from './environment.js';
import { createLogger } from './logging.js';
import { openEventLog } from './open-event-log.js';
import type { Platform, RunningService, ServiceDefinition } from './service.js';
import { processSettings } from './settings.js';
import { serviceSettings, startService } from './start-service.js';
import { startTelemetry } from './telemetry.js';

/** The whole shutdown, after the drain delay, in ms; then the process ends with code 1. */
const shutdownMs = 10_000;

/**
 * Runs one service as a process of its own, set up by environment variables. SIGTERM and SIGINT drain it
 * and end with code 0; faults of the settings (all told at once) or of the start end with code 1.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const { settings, faults } = processSettings(process.env);
  const own = serviceSettings(definition, process.env);
  const logger = createLogger({ level: settings.logLevel }).child({ service: definition.name });
  try {
    if (faults.length + own.faults.length > 0) throw new ConfigFaults(definition.name, [...faults, ...own.faults]);
    process.env['OTEL_SERVICE_NAME'] ??= `perennial-${definition.name}`;
    const telemetry = await startTelemetry(process.env);
    const eventLog = await openEventLog(settings.log, definition.name, logger);
    const platform: Platform = { ...settings, eventLog, clock: new SystemClock(), logger, env: process.env };
    const service = await startService(definition, platform);
    logger.info({ url: service.url }, 'ready');
    endOnSignal(logger, settings.drainDelayMs, service, async () => {
      await service.close();
      await eventLog.close();
      await telemetry.shutdown();
    });
  } catch (error) {
    if (error instanceof ConfigFaults) for (const fault of error.faults) logger.fatal({ fault }, 'wrong setting');
    else logger.fatal({ err: error }, 'the service did not start');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 1_000).unref();
  }
}

function endOnSignal(logger: Platform['logger'], delayMs: number, service: RunningService, end: () => Promise<void>): void {
  let ending = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ending) return;
    ending = true;
    logger.info({ signal }, 'draining');
    service.leave();
    setTimeout(() => {
      const late = setTimeout(() => {
        logger.fatal('draining took too long');
        process.exit(1);
      }, shutdownMs);
      end().then(
        () => {
          clearTimeout(late);
          logger.flush(() => process.exit(0));
        },
        (error: unknown) => {
          logger.fatal({ err: error }, 'draining failed');
          logger.flush(() => process.exit(1));
        },
      );
    }, delayMs);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
