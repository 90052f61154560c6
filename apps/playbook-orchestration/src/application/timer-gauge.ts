import { Injectable } from '@nestjs/common';
import type { ObservableResult } from '@opentelemetry/api';
import { Clock } from '@perennial/service-kit/clock';
import { ScrapedGauge } from '@perennial/service-kit/scraped-gauge';
import { TimerQueue } from './timer-queue.js';

/** How many steps of playbooks are due and not taken. */
@Injectable()
export class TimerGauge extends ScrapedGauge {
  constructor(
    private readonly timers: TimerQueue,
    private readonly clock: Clock,
  ) {
    super('perennial.timers.overdue', { description: 'Timers of playbooks that are due by business time and not fired yet.' });
  }

  protected async read(result: ObservableResult): Promise<void> {
    result.observe(await this.timers.overdue(this.clock.now()));
  }
}
