import type { SignalOf } from '@perennial/contracts/signal';
import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

/** Newest value of one metric, and how many of it were told. */
export interface MetricFacts extends Mark {
  readonly value: number;
  readonly count: number;
}

const mostMetrics = 60;

export function foldMetric(metrics: Map<string, MetricFacts>, signal: SignalOf<'metric'>, mark: Mark): void {
  const { metric, value } = signal.data;
  const known = metrics.get(metric) ?? null;
  const count = (known?.count ?? 0) + 1;
  metrics.set(metric, { ...latest(known, { ...mark, value, count }), count });
  keepNewest(metrics, mostMetrics, (known) => known);
}
