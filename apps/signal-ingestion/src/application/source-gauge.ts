import { Injectable } from '@nestjs/common';
import type { ObservableResult } from '@opentelemetry/api';
import { ScrapedGauge } from '@perennial/service-kit/scraped-gauge';
import { SourceFigures } from './source-figures.js';

/** How many sources send as they do, and how many have gone quiet. */
@Injectable()
export class SourceGauge extends ScrapedGauge {
  constructor(private readonly figures: SourceFigures) {
    super('perennial.sources', { description: 'Sources that have sent, by state.' });
  }

  protected async read(result: ObservableResult): Promise<void> {
    const counts = await this.figures.countByState();
    for (const state of ['active', 'quiet'] as const) result.observe(counts.get(state) ?? 0, { state });
  }
}
