import { SamplingDecision, metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Environment } from './environment.js';

/** The process's tracing, to be flushed at the end. */
export interface Telemetry {
  shutdown(): Promise<void>;
}

/**
 * Starts tracing with OpenTelemetry's own OTEL_* variables. Spans leave the process only when an OTLP
 * endpoint or OTEL_TRACES_EXPORTER is set; ids exist and travel without. Logs and metrics are never
 * pushed: metrics are pulled at `/metrics`. Once per process, before the first service starts.
 */
export async function startTelemetry(env: Environment): Promise<Telemetry> {
  processMetrics();
  if (env['OTEL_SDK_DISABLED'] === 'true') return { shutdown: async () => {} };
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const exports = Boolean(env['OTEL_TRACES_EXPORTER'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) && env['OTEL_TRACES_EXPORTER'] !== 'none';
  const sdk = new NodeSDK({
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: exports,
    ...(exports ? {} : { sampler: idsOnly, spanProcessors: [keepNothing] }),
  });
  sdk.start();
  return sdk;
}

/** Spans get ids that travel, and cost nothing more. */
const idsOnly = { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'ids only' };

/** A processor must be there, or no provider is made and trace ids are all zero. */
const keepNothing = {
  onStart: () => {},
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** The metrics of the process in Prometheus' text format. */
export interface ProcessMetrics {
  read(): Promise<string>;
}

let shared: ProcessMetrics | undefined;

/**
 * The one meter provider of the process. Instruments made through `metrics.getMeter` before the first
 * call count nothing, so make them in constructors, not when a file is loaded.
 */
export function processMetrics(): ProcessMetrics {
  if (!shared) {
    const reader = new PrometheusExporter({ preventServerStart: true });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    const serializer = new PrometheusSerializer('', false, undefined, true, true);
    shared = { read: async () => serializer.serialize(withUnits((await reader.collect()).resourceMetrics)) };
  }
  return shared;
}

const unitSuffixes: Readonly<Record<string, string>> = { s: '.seconds', By: '.bytes' };

/** Prometheus wants the base unit at the end of the name; the serializer only tells it in a comment. */
function withUnits(all: ResourceMetrics): ResourceMetrics {
  return {
    ...all,
    scopeMetrics: all.scopeMetrics.map(({ scope, metrics: own }) => ({
      scope,
      metrics: own.map((metric) => ({ ...metric, descriptor: { ...metric.descriptor, name: `${metric.descriptor.name}${unitSuffixes[metric.descriptor.unit] ?? ''}` } })),
    })),
  };
}
