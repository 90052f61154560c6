import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { DueWorkNudge, RunsDueWork } from '@perennial/service-kit/due-work';
import { ImportStore } from './import-store.js';

const uploadDays = 7;
const errorDays = 90;

/** Gives up uploads that nobody went on with, and their bytes with them. */
@Injectable()
@RunsDueWork()
export class PurgeUploads extends DailyPurge {
  constructor(
    private readonly store: ImportStore,
    private readonly nudge: DueWorkNudge,
    clock: Clock,
  ) {
    super(clock, uploadDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.store.oldestUpload();
  }

  protected async forgetBefore(instant: Date): Promise<void> {
    const failure = { code: 'upload_abandoned', pointer: '', detail: `the file was not complete within ${uploadDays} days` };
    if (await this.store.giveUpUploads(instant, failure)) this.nudge.nudge();
  }
}

/** Forgets faulty rows that nobody will mend any more. */
@Injectable()
@RunsDueWork()
export class PurgeRowErrors extends DailyPurge {
  constructor(
    private readonly store: ImportStore,
    clock: Clock,
  ) {
    super(clock, errorDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.store.oldestErrors();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.store.forgetErrors(instant);
  }
}
