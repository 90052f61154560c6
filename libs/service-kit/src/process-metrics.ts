import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** The metrics of the process in Prometheus' text format. */
export interface ProcessMetrics {
  /** `faults`: why figures are absent. */
  read(): Promise<{ readonly text: string; readonly faults: readonly unknown[] }>;
}

/** A part that does not answer must not hold up the others' figures. */
const timeoutMillis = 5_000;

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
    shared = {
      read: async () => {
        const { resourceMetrics, errors } = await reader.collect({ timeoutMillis });
        return { text: serializer.serialize(withUnits(resourceMetrics)), faults: errors };
      },
    };
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
