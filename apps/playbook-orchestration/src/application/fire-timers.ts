import { Inject, Injectable } from '@nestjs/common';
import { killPoint } from '@perennial/messaging/kill-point';
import { Transient } from '@perennial/persistence/errors';
import { Database } from '@perennial/persistence/transaction';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { OrchestrationConfig } from '../config.js';
import { command, type Desk, type Office } from '../domain/desk.js';
import { lookOver } from '../domain/look-over.js';
import { Desks } from './desks.js';
import { TimerQueue, type ClaimedTimer } from './timer-queue.js';

/** Claims worked off in one call, so that a shutdown never waits for a long backlog. */
const mostBatches = 20;
/** A step that failed this often will not succeed: its run is failed, and people see it. */
const mostAttempts = 5;

/**
 * Takes the steps that fall due: claims timers, then does checkpoint and outbox of their steps in one
 * transaction behind the fence. Killed at any line, the same claim finds them again when the lease ends.
 */
@Injectable()
@RunsDueWork()
export class FireTimers implements DueWork {
  constructor(
    private readonly database: Database,
    private readonly timers: TimerQueue,
    private readonly desks: Desks,
    @Inject(CONFIG) private readonly config: OrchestrationConfig,
  ) {}

  nextDueAt(): Promise<Date | null> {
    return this.timers.nextDueAt();
  }

  async runDue(now: Date): Promise<void> {
    for (let batch = 0; batch < mostBatches; batch++) {
      const claimed = await this.timers.claim(now, this.config.timerBatch, this.config.timerLeaseSeconds);
      killPoint('playbooks.after-claim');
      if (claimed.length === 0) return;
      try {
        await this.fireAll(claimed, now);
      } catch (error) {
        // No fault of the steps: whoever is back first takes them. Where that cannot be told either, the leases run out.
        if (error instanceof Transient) await this.timers.release(claimed).catch(() => undefined);
        throw error;
      }
    }
  }

  /** One transaction for all; when that cannot be done, one each, so that a broken run holds no other. */
  private async fireAll(claimed: readonly ClaimedTimer[], now: Date): Promise<void> {
    try {
      return await this.fire(claimed, now, step);
    } catch (error) {
      if (error instanceof Transient) throw error;
    }
    const failures: unknown[] = [];
    for (const timer of claimed) {
      try {
        await this.fire([timer], now, step);
      } catch (error) {
        if (error instanceof Transient) throw error;
        failures.push(error);
        if (timer.attempts >= mostAttempts) await this.fire([timer], now, giveUp);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${claimed.length} due steps failed`);
  }

  private async fire(claimed: readonly ClaimedTimer[], now: Date, action: (timer: ClaimedTimer, at: string) => (desk: Desk, office: Office) => Desk): Promise<void> {
    const at = now.toISOString();
    await this.database.transaction(async (tx) => {
      const open = await this.desks.open(tx, claimed.map((timer) => timer.accountId));
      const ours = await this.timers.takeOut(tx, claimed);
      for (const timer of claimed) {
        if (ours.has(timer.id)) open.work({ accountId: timer.accountId, occasion: { id: timer.id, at }, work: action(timer, at) });
      }
      await this.desks.save(tx, open);
      killPoint('playbooks.before-step-commit');
    });
    killPoint('playbooks.after-step-commit');
  }
}

const step = (timer: ClaimedTimer, at: string) => (desk: Desk, office: Office): Desk => {
  if (timer.runId === null) return lookOver(desk, { id: `go-live/${timer.accountId}/${desk.book.goLive ?? ''}`, at }, office);
  const playbookId = playbookOf(desk, timer);
  return playbookId === undefined ? desk : command(desk, playbookId, { type: 'end-wait', waitId: timer.id, at }, office);
};

const giveUp = (timer: ClaimedTimer, at: string) => (desk: Desk, office: Office): Desk => {
  const playbookId = playbookOf(desk, timer);
  return playbookId === undefined ? desk : command(desk, playbookId, { type: 'fail', outcome: 'a step failed again and again: see the log', at }, office);
};

function playbookOf(desk: Desk, timer: ClaimedTimer): string | undefined {
  return desk.runs.find((run) => run.id === timer.runId)?.playbook.id;
}
