import { Injectable } from '@nestjs/common';
import type { ObservableResult } from '@opentelemetry/api';
import { ScrapedGauge } from '@perennial/service-kit/scraped-gauge';
import { WebhookEndpointStore } from './webhook-endpoints.js';

/** How many webhook endpoints are served, and how many were disabled. */
@Injectable()
export class EndpointGauge extends ScrapedGauge {
  constructor(private readonly endpoints: WebhookEndpointStore) {
    super('perennial.webhook.endpoints', { description: 'Webhook endpoints, by state.' });
  }

  protected async read(result: ObservableResult): Promise<void> {
    const counts = await this.endpoints.countByState();
    for (const state of ['active', 'disabled'] as const) result.observe(counts.get(state) ?? 0, { state });
  }
}
