import { metrics, type Counter } from '@opentelemetry/api';

/** What one attempt made of its delivery. */
const outcomes = { delivered: 'delivered', pending: 'retry', failed: 'failed' } as const;

/** Counts of the webhook worker. The duration of its requests is counted where they are made. */
export class DeliveryMetrics {
  private readonly attempts: Counter;
  private readonly disabledEndpoints: Counter;

  /** Made when the service starts, not when the file is loaded: instruments made before the meter provider count nothing. */
  constructor() {
    const meter = metrics.getMeter('@perennial/notifications');
    this.attempts = meter.createCounter('perennial.webhook.attempts', { description: 'Delivery attempts, by outcome: delivered, retry (failed, another follows), failed (given up).' });
    this.disabledEndpoints = meter.createCounter('perennial.webhook.endpoints.disabled', { description: 'Webhook endpoints disabled after failing.' });
    // Alerts ask for these before the first failure.
    for (const outcome of Object.values(outcomes)) this.attempts.add(0, { outcome });
    this.disabledEndpoints.add(0);
  }

  attempted(state: keyof typeof outcomes): void {
    this.attempts.add(1, { outcome: outcomes[state] });
  }

  disabled(endpoints: number): void {
    if (endpoints > 0) this.disabledEndpoints.add(endpoints);
  }
}
