import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Database } from '@perennial/persistence/transaction';
import type { EventLog } from './event-log.js';
import { OutboxSender } from './outbox-sender.js';
import { redactedMessage } from './redact.js';
import type { RelayNudge } from './relay-nudge.js';
import { RelaySession } from './relay-session.js';
import { WakeSignal } from './wake-signal.js';

/** Found even when every wake-up was lost. */
const fallbackPollMs = 5_000;
/** A replica without the lock asks for it this often: how long a crashed relay stays without a successor. */
const standbyMs = 1_000;
const notifyEveryMs = 20;
const reconnectMs = 500;

/**
 * Sends the outbox on. One relay per database: the one whose connection holds the advisory lock. The other
 * replicas wake it with NOTIFY and take over when its connection ends.
 */
export class OutboxRelay implements OnApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly signal = new WakeSignal();
  private running: Promise<void> | null = null;
  private closing = false;

  constructor(
    private readonly database: Database,
    private readonly log: EventLog,
    private readonly nudge: RelayNudge,
    private readonly flushMs: number,
  ) {}

  /** Starts relaying; the topics written must exist. */
  start(): void {
    this.nudge.listen(() => this.signal.wake());
    this.running ??= this.run();
  }

  /** Rows that wait to be sent. */
  async pending(): Promise<number> {
    return this.count('parked_at IS NULL');
  }

  /** Rows that the log refused for good; somebody has to look at them. */
  async parked(): Promise<number> {
    return this.count('parked_at IS NOT NULL');
  }

  /** Sends what is left, for at most the time set, and gives the lock back. */
  async close(): Promise<void> {
    this.closing = true;
    this.signal.wake();
    await Promise.race([this.running, sleep(this.flushMs, undefined, { ref: false })]);
    this.nudge.listen(null);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      let session: RelaySession | null = null;
      try {
        session = await RelaySession.open(this.database);
        if (await this.standBy(session)) await this.lead(session);
      } catch (error) {
        this.logger.warn({ msg: 'relay starts again', reason: redactedMessage(error) });
        if (!this.closing) await sleep(reconnectMs);
      } finally {
        await session?.close();
      }
    }
  }

  /** True once the lock is ours; false when closing before that. */
  private async standBy(session: RelaySession): Promise<boolean> {
    while (!(await session.takeLock())) {
      const until = Date.now() + standbyMs;
      while (!this.closing && Date.now() < until) {
        if (!(await this.signal.wait(until - Date.now()))) continue;
        if (this.closing) return false;
        await session.notify();
        await sleep(notifyEveryMs);
      }
      if (this.closing) return false;
    }
    return true;
  }

  private async lead(session: RelaySession): Promise<void> {
    await session.listen(() => this.signal.wake());
    const sender = new OutboxSender(session, this.log);
    for (;;) {
      if (await sender.round()) continue;
      const retryMs = sender.retryInMs();
      if (this.closing && retryMs === null) return;
      await this.signal.wait(Math.min(fallbackPollMs, retryMs ?? fallbackPollMs));
    }
  }

  private async count(condition: string): Promise<number> {
    const [row] = await this.database.query<{ rows: string }>(`SELECT count(*) AS rows FROM messaging_outbox WHERE ${condition}`);
    return Number(row?.rows ?? 0);
  }
}
