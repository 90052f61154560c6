import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Database, Transaction } from '@perennial/persistence/transaction';
import type { ConsumerProgress } from './consumer-progress.js';
import type { EventLog } from './event-log.js';
import type { EventLogTransport } from './event-log-transport.js';
import { redactedMessage } from './redact.js';
import type { RelayNudge } from './relay-nudge.js';
import { WakeSignal } from './wake-signal.js';

/** Where reading began again, and whether everything was still there. */
export interface RebuildStart {
  readonly epoch: number;
  /** Topics whose oldest records had expired: what is rebuilt from them is partial. */
  readonly partial: readonly string[];
}

const busyLookMs = 200;
const idleLookMs = 5_000;
const rowsAtOnce = 1_000;

/**
 * Builds the service's state anew from the log. One transaction raises the epoch, forgets offsets, seen
 * versions, held content and the dead letters that will be met again, and clears the service's own tables.
 * Until every partition has no lag, the outbox publishes nothing to log topics and keeps only the newest
 * content per key of state topics; then that content is published. The mark lies in the database, so a
 * rebuild goes on after a crash, on whatever replica.
 */
export class Rebuild implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Rebuild.name);
  private readonly signal = new WakeSignal();
  private closing = false;
  private watching: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly log: EventLog,
    private readonly transport: EventLogTransport,
    private readonly progress: ConsumerProgress,
    private readonly nudge: RelayNudge,
  ) {}

  /** Starts over. `clearDerived` empties, in the same transaction, every table of the service that the log can fill again. */
  async start(clearDerived: (tx: Transaction) => Promise<void>): Promise<RebuildStart> {
    const lows = await Promise.all(this.transport.consumers.map(async ({ topic }) => ({ topic, marks: await this.log.watermarks(topic.name) })));
    const partitions = lows.flatMap(({ topic, marks }) => marks.map(({ partition, low }) => ({ topic: topic.name, partition, low })));
    const partial = lows.filter(({ topic, marks }) => topic.kind === 'log' && marks.some(({ low }) => low > 0n)).map(({ topic }) => topic.name);
    const epoch = await this.database.transaction(async (tx) => {
      const raised = await raiseEpoch(tx, true);
      // Waits for chunks in hand; the next ones miss the fence and begin at the low watermark.
      await tx.query('DELETE FROM messaging_offset');
      await tx.query('DELETE FROM messaging_seen');
      await tx.query('DELETE FROM messaging_held');
      await tx.query({
        text: `DELETE FROM messaging_dead_letter d USING unnest($1::text[], $2::int[], $3::bigint[]) AS p(topic, partition, low)
               WHERE d.topic = p.topic AND d.partition = p.partition AND d.record_offset >= p.low`,
        values: [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition), partitions.map(({ low }) => String(low))],
      });
      await clearDerived(tx);
      return raised;
    });
    this.logger.warn({ msg: 'rebuild started', epoch, partial });
    this.signal.wake();
    return { epoch, partial };
  }

  /** True from the start of a rebuild until what it held back is published. */
  async running(): Promise<boolean> {
    return (await this.state()).busy;
  }

  onApplicationBootstrap(): void {
    this.watching ??= this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    this.signal.wake();
    await this.watching;
  }

  /** Looks after the epoch: any replica may have raised it, and any replica finishes a rebuild. */
  private async watch(): Promise<void> {
    let known: number | null = null;
    while (!this.closing) {
      let busy = false;
      try {
        const state = await this.state();
        busy = state.busy;
        // Without new records no consumer would meet the fence: it is told to go by the database.
        if (known !== null && state.epoch !== known) await this.transport.reopen();
        known = state.epoch;
        if (busy && (await this.caughtUp())) await this.release();
      } catch (error) {
        this.logger.warn({ msg: 'rebuild waits', reason: redactedMessage(error) });
      }
      await this.signal.wait(busy ? busyLookMs : idleLookMs);
    }
  }

  private async state(): Promise<{ epoch: number; busy: boolean }> {
    const [row] = await this.database.query<{ epoch: number; busy: boolean }>({
      name: 'messaging_epoch_look',
      text: 'SELECT epoch, rebuilding OR EXISTS (SELECT FROM messaging_held) AS busy FROM messaging_epoch',
    });
    if (!row) throw new Error('messaging_epoch has lost its row');
    return row;
  }

  /** Every partition has begun and has no lag. */
  private async caughtUp(): Promise<boolean> {
    if (!this.transport.listening) return false;
    return (await this.progress.lag()).every(({ lag }) => lag === 0);
  }

  /**
   * Ends the mark first: a chunk that still read it as set may hold one more row, which the next look
   * releases (`running` counts held rows). Its version is older than what was published directly since,
   * so readers of the state topic drop it.
   */
  private async release(): Promise<void> {
    await this.database.query('UPDATE messaging_epoch SET rebuilding = false WHERE rebuilding');
    for (let moved = rowsAtOnce; moved === rowsAtOnce; ) {
      const rows = await this.database.query({
        text: `WITH next AS (DELETE FROM messaging_held WHERE (topic, key) IN (SELECT topic, key FROM messaging_held ORDER BY topic, key LIMIT ${rowsAtOnce}) RETURNING topic, key, value, headers)
               INSERT INTO messaging_outbox (topic, key, value, headers) SELECT topic, convert_to(key, 'UTF8'), convert_to(value, 'UTF8'), headers FROM next RETURNING 1`,
      });
      moved = rows.length;
    }
    this.nudge.nudge();
    this.logger.log({ msg: 'rebuild finished' });
  }
}

/** Raises the epoch, so that every later version lies above all earlier ones (after a restore, too). Returns the new one. */
export async function raiseEpoch(tx: Transaction, rebuilding: boolean): Promise<number> {
  const [row] = await tx.query<{ epoch: number }>({ text: 'UPDATE messaging_epoch SET epoch = epoch + 1, rebuilding = $1 RETURNING epoch', values: [rebuilding] });
  if (!row) throw new Error('messaging_epoch has lost its row');
  return row.epoch;
}
