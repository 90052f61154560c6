import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import type { RiskChange } from '@perennial/contracts/health';

/** From a live pipeline's tens of milliseconds to a backlog's hour. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
const levels = ['green', 'yellow', 'red'] as const;

/** A risk change that was published; `receivedAt`: of the signal that led to it, where one did. */
export interface ToldRiskChange {
  readonly to: RiskChange['to'];
  readonly receivedAt: Date | null;
}

/** Counts of what scoring says. */
export class VerdictMetrics {
  private readonly verdicts: Counter;
  private readonly riskChanges: Counter;
  private readonly delay: Histogram;

  /** Made when the service starts, not when the file is loaded: instruments made before the meter provider count nothing. */
  constructor() {
    const meter = metrics.getMeter('@perennial/health-scoring');
    this.verdicts = meter.createCounter('perennial.verdicts', { description: 'Verdicts on accounts, by what called for them: a signal, time, a person, an import, a restatement.' });
    this.riskChanges = meter.createCounter('perennial.risk_changes', { description: 'Risk changes published, by the new level.' });
    this.delay = meter.createHistogram('perennial.risk_change.delay', { unit: 's', description: 'From the receipt of a signal to the commit of the risk change it led to, by business time.', advice: { explicitBucketBoundaries: buckets } });
    for (const to of levels) this.riskChanges.add(0, { to });
  }

  verdict(cause: string, accounts: number): void {
    if (accounts > 0) this.verdicts.add(accounts, { cause });
  }

  riskChanged(changes: readonly ToldRiskChange[], now: Date): void {
    for (const { to, receivedAt } of changes) {
      this.riskChanges.add(1, { to });
      if (receivedAt !== null) this.delay.record(Math.max(0, (now.getTime() - receivedAt.getTime()) / 1000));
    }
  }
}
