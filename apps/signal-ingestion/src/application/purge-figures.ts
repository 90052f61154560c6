import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { SourceFigures } from './source-figures.js';

/** Longer than rhythms are learnt from. */
export const figuresKeptDays = 60;

/** Forgets what came so long ago that no rhythm is learnt from it. */
@Injectable()
@RunsDueWork()
export class PurgeFigures extends DailyPurge {
  constructor(
    private readonly figures: SourceFigures,
    clock: Clock,
  ) {
    super(clock, figuresKeptDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.figures.oldest();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.figures.forgetBefore(instant);
  }
}
