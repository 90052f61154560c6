import { Injectable } from '@nestjs/common';
import type { ObservableResult } from '@opentelemetry/api';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { ScrapedGauge } from '@perennial/service-kit/scraped-gauge';
import { SourceSightings } from './source-sightings.js';

/** How old the newest signal of each kind is. */
@Injectable()
export class SignalAgeGauge extends ScrapedGauge {
  constructor(
    private readonly database: Database,
    private readonly sightings: SourceSightings,
    private readonly clock: Clock,
  ) {
    super('perennial.newest_signal.age', { unit: 's', description: 'Age of the newest signal of each kind, over all accounts, by business time.' });
  }

  protected async read(result: ObservableResult): Promise<void> {
    await this.sightings.refresh(this.database);
    const now = this.clock.now().getTime();
    for (const { kind, lastSeenAt } of this.sightings.newest()) result.observe(Math.max(0, (now - lastSeenAt) / 1000), { kind });
  }
}
