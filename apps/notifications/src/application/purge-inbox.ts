import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { DailyPurge } from '@perennial/service-kit/daily-purge';
import { RunsDueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { NotificationsConfig } from '../config.js';
import { Inbox } from './inbox.js';

/** Forgets inbox items of long ago, read or not. */
@Injectable()
@RunsDueWork()
export class PurgeInbox extends DailyPurge {
  constructor(
    private readonly inbox: Inbox,
    clock: Clock,
    @Inject(CONFIG) { inboxKeptDays }: NotificationsConfig,
  ) {
    super(clock, inboxKeptDays);
  }

  protected oldest(): Promise<Date | null> {
    return this.inbox.oldest();
  }

  protected forgetBefore(instant: Date): Promise<void> {
    return this.inbox.forgetBefore(instant);
  }
}
