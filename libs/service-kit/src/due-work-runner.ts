import { redactedMessage } from '@perennial/messaging/redact';
import { isTransient } from '@perennial/persistence/is-transient';
import type { Logger } from 'pino';
import { TestClock, type Clock } from './clock.js';
import { DueWorkNudge, type DueWork } from './due-work.js';

/** Longest sleep while due work of other replicas may appear unseen. */
export const defaultPollMs = 5_000;
const firstBackoffMs = 100;
const maxBackoffMs = 30_000;
const maxStallMs = 250;

/**
 * Calls due work when it is due: sleeps until the earliest instant, at most `pollMs`, or until nudged.
 * Under a test clock time stands still, so only a nudge wakes it (and the retry after an error).
 */
export class DueWorkRunner extends DueWorkNudge {
  private loops: DueWorkLoop[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly pollMs: number = defaultPollMs,
  ) {
    super();
  }

  start(works: readonly DueWork[]): void {
    this.loops = works.map((work) => new DueWorkLoop(work, this.clock, this.logger, this.clock instanceof TestClock ? null : this.pollMs));
    for (const loop of this.loops) loop.start();
  }

  nudge(dueAt?: Date): void {
    for (const loop of this.loops) loop.nudge(dueAt);
  }

  /** Earliest due instant of all; null when nothing is planned. */
  async nextDueAt(): Promise<Date | null> {
    const dues = await Promise.all(this.loops.map((loop) => loop.work.nextDueAt()));
    return dues.reduce((earliest, due) => (due !== null && (earliest === null || due < earliest) ? due : earliest), null);
  }

  /** For each work, by its class's name: seconds of business time for which its earliest due instant has passed. */
  lateness(): Promise<{ work: string; seconds: number }[]> {
    return Promise.all(this.loops.map(async ({ work }) => {
      const due = await work.nextDueAt();
      return { work: work.constructor.name, seconds: due === null ? 0 : Math.max(0, (this.clock.now().getTime() - due.getTime()) / 1000) };
    }));
  }

  /** True when nothing runs and nothing is due at the clock's now. */
  async settled(): Promise<boolean> {
    if (this.loops.some((loop) => loop.busy)) return false;
    const due = await this.nextDueAt();
    return (due === null || due > this.clock.now()) && !this.loops.some((loop) => loop.busy);
  }

  /** Finishes the work in hand and starts no more. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}

/** One piece of due work has a loop of its own: a slow one does not hold the others. */
class DueWorkLoop {
  busy = false;
  private nudged = false;
  private stopping = false;
  private wake: (() => void) | null = null;
  private running: Promise<void> = Promise.resolve();
  private failures = 0;
  /** The due instant last worked at, and how often it came again at once. */
  private lastDue: number | null = null;
  private stalls = 0;

  constructor(
    readonly work: DueWork,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly pollMs: number | null,
  ) {}

  start(): void {
    this.busy = true;
    this.running = this.run();
  }

  nudge(dueAt?: Date): void {
    if (dueAt !== undefined && this.looksBefore(dueAt)) return;
    this.nudged = true;
    // Busy from now on, or `settled` could be asked between the nudge and the turn.
    if (!this.stopping) this.busy = true;
    this.wake?.();
  }

  /** True when the loop looks by itself before `dueAt`: every `pollMs`, unless it rests after a failure; a test clock nudges whenever it moves. */
  private looksBefore(dueAt: Date): boolean {
    return this.failures === 0 && dueAt.getTime() > this.clock.now().getTime() + (this.pollMs ?? 0);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.nudged = false;
      this.busy = true;
      let sleepMs: number | null;
      try {
        sleepMs = await this.turn();
        this.failures = 0;
      } catch (error) {
        sleepMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** this.failures++);
        const where = { work: this.work.constructor.name, retryInMs: sleepMs };
        if (isTransient(error)) this.logger.warn({ ...where, reason: redactedMessage(error) }, 'due work has to wait');
        else this.logger.error({ ...where, err: error }, 'due work failed');
      }
      await this.sleep(sleepMs);
    }
    this.busy = false;
  }

  /** Works once if something is due; returns how long to sleep, null for "until nudged". */
  private async turn(): Promise<number | null> {
    const due = await this.work.nextDueAt();
    const now = this.clock.now();
    if (due === null || due > now) {
      this.lastDue = null;
      if (this.pollMs === null) return null;
      return due === null ? this.pollMs : Math.min(this.pollMs, due.getTime() - now.getTime());
    }
    this.stalls = this.lastDue === due.getTime() ? this.stalls + 1 : 0;
    this.lastDue = due.getTime();
    await this.work.runDue(now);
    // The same instant again and again: a large batch, or rows that another replica holds. Do not spin.
    return this.stalls === 0 ? 0 : Math.min(maxStallMs, 5 * 2 ** Math.min(this.stalls, 8));
  }

  private sleep(ms: number | null): Promise<void> {
    if (this.nudged || this.stopping || ms === 0) return Promise.resolve();
    this.busy = false;
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => this.wake?.(), ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
    });
  }
}
