import type { SignalOf } from '@perennial/contracts/signal';
import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

/** Newest value of one metric. */
export type MetricFacts = Mark & { readonly value: number };

const mostMetrics = 60;

export function foldMetric(metrics: Map<string, MetricFacts>, signal: SignalOf<'metric'>, mark: Mark): void {
  const { metric, value } = signal.data;
  metrics.set(metric, latest(metrics.get(metric) ?? null, { ...mark, value }));
  keepNewest(metrics, mostMetrics, (known) => known);
}
