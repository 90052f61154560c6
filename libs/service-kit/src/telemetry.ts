import type { Environment } from './environment.js';
import { startIdsOnlyTracing } from './ids-only-tracing.js';
import { measureProcess } from './process-figures.js';
import { processMetrics } from './process-metrics.js';

/** The process's tracing, to be flushed at the end. */
export interface Telemetry {
  shutdown(): Promise<void>;
}

/**
 * Starts tracing with OpenTelemetry's own OTEL_* variables. Spans are made only when an OTLP endpoint or
 * OTEL_TRACES_EXPORTER is set; ids exist and travel without. Logs and metrics are never pushed: metrics are
 * pulled at `/metrics`. Once per process, before the first service starts.
 */
export async function startTelemetry(env: Environment): Promise<Telemetry> {
  processMetrics();
  measureProcess();
  const exporter = env['OTEL_TRACES_EXPORTER'];
  const records = env['OTEL_SDK_DISABLED'] !== 'true' && exporter !== 'none' && Boolean(exporter ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
  if (!records) {
    startIdsOnlyTracing();
    return { shutdown: async () => {} };
  }
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [], autoDetectResources: true });
  sdk.start();
  return sdk;
}
