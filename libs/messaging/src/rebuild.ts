import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AnyTopic } from '@perennial/contracts/topic';
import type { Database, Transaction } from '@perennial/persistence/transaction';
import type { ConsumerOffsets } from './consumer-offsets.js';
import { Transient } from './errors.js';
import type { EventLog } from './event-log.js';
import type { EventLogTransport } from './event-log-transport.js';
import { mismatch } from './open-partitions.js';
import { redactedMessage } from './redact.js';
import type { RelayNudge } from './relay-nudge.js';
import { WakeSignal } from './wake-signal.js';

/** Where reading began again, and whether everything was still there. */
export interface RebuildStart {
  readonly epoch: number;
  /** Topics whose oldest records had expired: what is rebuilt from them is partial. */
  readonly partial: readonly string[];
}

/** A partition to read again. */
interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
  /** The log holds what was applied, as far as it has not expired; false: all that it holds is new. */
  readonly isSame: boolean;
}

const busyLookMs = 200;
const idleLookMs = 5_000;
const rowsAtOnce = 1_000;

/**
 * Builds the service's state anew from the log. One transaction raises the epoch, notes how far each partition was
 * applied and where it ends, forgets offsets, seen versions, held content and the dead letters that will be met again,
 * and clears the service's own tables. What records that were applied before draft for log topics is dropped; all else
 * is told: newer records are, and so is what people and time bring about. Of state topics only the newest content per
 * key is kept, and published once every partition is read to where it ended. The mark lies in the database, so a rebuild
 * goes on after a crash, on whatever replica.
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
    private readonly offsets: ConsumerOffsets,
    private readonly nudge: RelayNudge,
  ) {}

  /**
   * Starts over; null while a rebuild is under way, or what it held is not published yet. `clearDerived` empties, in the same transaction, every table of the
   * service that the log can fill again, and leaves what says that people and time were told of before.
   */
  async start(clearDerived: (tx: Transaction) => Promise<void>): Promise<RebuildStart | null> {
    if (!this.transport.listening) throw new Transient('the consumers have not started');
    const identity = await this.log.identity();
    const found = await Promise.all(this.transport.consumers.map(async ({ topic }) => ({ topic, partitions: await this.partitionsOf(topic, identity) })));
    const partitions = found.flatMap((one) => one.partitions);
    const partial = found.filter(({ topic, partitions: own }) => topic.kind === 'log' && own.some(({ low }) => low > 0n)).map(({ topic }) => topic.name);
    const epoch = await this.database.transaction(async (tx) => {
      const [raised] = await tx.query<{ epoch: number }>('UPDATE messaging_epoch SET epoch = epoch + 1, rebuilding = true WHERE NOT rebuilding AND NOT EXISTS (SELECT FROM messaging_held) RETURNING epoch');
      if (!raised) return null;
      await forgetOffsets(tx, partitions);
      await forgetDeadLetters(tx, partitions.filter(({ isSame }) => isSame));
      await keepDeadLetters(tx, partitions.filter(({ isSame }) => !isSame), raised.epoch);
      await tx.query('DELETE FROM messaging_seen');
      await tx.query('DELETE FROM messaging_held');
      await clearDerived(tx);
      return raised.epoch;
    });
    if (epoch === null) return null;
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
        if (busy && (await this.end(state.epoch))) await this.release();
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

  /** The offsets first: those of a log that is whole lie below where it ends. */
  private async partitionsOf(topic: AnyTopic, identity: string): Promise<Partition[]> {
    const { offsets } = await this.offsets.load(topic.name);
    return Promise.all((await this.log.watermarks(topic.name)).map(async ({ partition, low, high }) => {
      const applied = offsets.get(partition);
      const isSame = applied === undefined || (applied.next <= high && (await mismatch(this.log, topic.name, applied, identity)) === null);
      return { topic: topic.name, partition, low, high, isSame };
    }));
  }

  /**
   * Takes the mark away once every partition is read to where it ended at the start; more may have come since. True
   * when no mark stands. The epoch says that it is still the same rebuild.
   */
  private async end(epoch: number): Promise<boolean> {
    if (!this.transport.listening) return false;
    const rows = await this.database.query({
      text: `WITH ended AS (
               UPDATE messaging_epoch SET rebuilding = false
               WHERE rebuilding AND epoch = $1 AND NOT EXISTS (
                 SELECT FROM messaging_rebuild r LEFT JOIN messaging_offset o ON o.topic = r.topic AND o.partition = r.partition
                 WHERE r.topic = ANY($2) AND coalesce(o.next_offset, -1) < r.ends_at
               ) RETURNING 1
             ), forgotten AS (DELETE FROM messaging_rebuild WHERE EXISTS (SELECT FROM ended))
             SELECT 1 FROM messaging_epoch WHERE NOT rebuilding OR EXISTS (SELECT FROM ended)`,
      values: [epoch, this.transport.consumers.map(({ topic }) => topic.name)],
    });
    return rows.length > 0;
  }

  /**
   * After the mark: a chunk that still read it as set may hold one more row, which the next look releases (`running`
   * counts held rows). What was published directly since is newer, and nothing older may come behind it: such a row goes.
   */
  private async release(): Promise<void> {
    for (let freed = rowsAtOnce; freed === rowsAtOnce; ) {
      const rows = await this.database.query({
        text: `WITH newest AS MATERIALIZED (
                 SELECT topic, key, version FROM messaging_published
                 WHERE (topic, key) IN (SELECT topic, key FROM messaging_held ORDER BY topic, key LIMIT ${rowsAtOnce})
                   AND EXISTS (SELECT FROM messaging_epoch WHERE NOT rebuilding) FOR UPDATE
               ), freed AS (
                 DELETE FROM messaging_held h USING newest n WHERE h.topic = n.topic AND h.key = n.key RETURNING h.topic, h.key, h.value, h.headers, n.version
               ), moved AS (
                 INSERT INTO messaging_outbox (topic, key, value, headers)
                 SELECT topic, convert_to(key, 'UTF8'), convert_to(value, 'UTF8'), headers FROM freed WHERE (value::json ->> 'version')::bigint = version
               )
               SELECT 1 FROM freed`,
      });
      freed = rows.length;
    }
    this.nudge.nudge();
    this.logger.log({ msg: 'rebuild finished' });
  }
}

/** Waits for chunks in hand; the next ones miss the fence and begin at the low watermark. Notes where each partition stood. */
async function forgetOffsets(tx: Transaction, partitions: readonly Partition[]): Promise<void> {
  // An earlier version that ends a rebuild leaves them behind.
  await tx.query('DELETE FROM messaging_rebuild');
  await tx.query({
    text: `WITH applied AS (DELETE FROM messaging_offset RETURNING topic, partition, next_offset)
           INSERT INTO messaging_rebuild (topic, partition, told_below, untold, ends_at)
           SELECT p.topic, p.partition, CASE WHEN p.is_same THEN coalesce(a.next_offset, 0) ELSE 0 END, '{}', CASE WHEN p.is_same THEN greatest(a.next_offset, p.high) ELSE p.high END
           FROM unnest($1::text[], $2::int[], $3::bigint[], $4::boolean[]) AS p(topic, partition, high, is_same)
           LEFT JOIN applied a ON a.topic = p.topic AND a.partition = p.partition`,
    values: [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition), partitions.map(({ high }) => String(high)), partitions.map(({ isSame }) => isSame)],
  });
}

/** Letters of a log that is gone have a longer id: theirs is that of another record now. */
const isOfThisLog = `d.id LIKE '%.' || d.record_offset`;

/** Letters of a log or topic that was made anew stay, since nobody will meet their records again; the new ones may take their ids. */
async function keepDeadLetters(tx: Transaction, partitions: readonly Partition[], epoch: number): Promise<void> {
  await tx.query({
    text: `UPDATE messaging_dead_letter d SET id = d.id || '.before-' || $3::text FROM unnest($1::text[], $2::int[]) AS p(topic, partition)
           WHERE d.topic = p.topic AND d.partition = p.partition AND ${isOfThisLog}`,
    values: [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition), String(epoch)],
  });
}

/** Records that will be met again, and may go through this time: of those that nobody replayed nothing was told. */
async function forgetDeadLetters(tx: Transaction, partitions: readonly Partition[]): Promise<void> {
  await tx.query({
    text: `WITH letter AS (
             DELETE FROM messaging_dead_letter d USING unnest($1::text[], $2::int[], $3::bigint[]) AS p(topic, partition, low)
             WHERE d.topic = p.topic AND d.partition = p.partition AND d.record_offset >= p.low AND ${isOfThisLog} RETURNING d.topic, d.partition, d.record_offset, d.state
           ), dead AS (SELECT topic, partition, array_agg(record_offset) AS offsets FROM letter WHERE state = 'dead' GROUP BY topic, partition)
           UPDATE messaging_rebuild r SET untold = d.offsets FROM dead d WHERE r.topic = d.topic AND r.partition = d.partition`,
    values: [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition), partitions.map(({ low }) => String(low))],
  });
  // The replays of letters of a log that is gone are met again too, and are all that is left of their records.
  await tx.query({
    text: `UPDATE messaging_dead_letter d SET state = 'dead' FROM unnest($1::text[], $2::int[]) AS p(topic, partition)
           WHERE d.topic = p.topic AND d.partition = p.partition AND d.state <> 'dead' AND NOT (${isOfThisLog})`,
    values: [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  });
}
