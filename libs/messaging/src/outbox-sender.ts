import { Logger } from '@nestjs/common';
import type { Sql } from '@perennial/persistence/transaction';
import { Fatal } from './errors.js';
import type { EventLog, OutgoingRecord } from './event-log.js';
import { killPoint } from './kill-point.js';
import { redactedMessage } from './redact.js';

interface Row {
  id: string;
  topic: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
}

interface Pending {
  readonly id: string;
  readonly record: OutgoingRecord;
}

/** A topic whose send failed: these rows are sent again, whole and first, before any later one. */
interface Lane {
  readonly rows: readonly Pending[];
  readonly failures: number;
  readonly retryAt: number;
}

const rowsPerRound = 500;
const maxSendBytes = 1_000_000;
const firstRetryMs = 50;
const lastRetryMs = 2_000;
const failuresBeforeAlarm = 5;

/**
 * The work of the one relay of a database. It keeps no cursor: rows that commit late are found later. One
 * send per topic is in flight, and the statement that deletes what was sent selects what comes next (both see one
 * snapshot, hence the `id <> ALL`).
 */
export class OutboxSender {
  private readonly logger = new Logger(OutboxSender.name);
  private readonly lanes = new Map<string, Lane>();
  private sent: string[] = [];

  constructor(
    private readonly session: Sql,
    private readonly log: EventLog,
  ) {}

  /** Sends what waits, once around; false when nothing is left to do now. */
  async round(): Promise<boolean> {
    const rows = await this.session.query<Row>({
      name: 'messaging_outbox_next',
      text: `WITH sent AS (DELETE FROM messaging_outbox WHERE id = ANY($1::bigint[]))
             SELECT id, topic, key, value, headers FROM messaging_outbox
             WHERE parked_at IS NULL AND id <> ALL($1::bigint[]) AND topic <> ALL($2::text[]) ORDER BY id LIMIT ${rowsPerRound}`,
      values: [this.sent, [...this.lanes.keys()]],
    });
    this.sent = [];
    const now = Date.now();
    const due = [...this.lanes].filter(([, lane]) => lane.retryAt <= now);
    await Promise.all([
      ...due.map(([topic, lane]) => this.send(topic, lane.rows, lane.failures)),
      ...[...byTopic(rows)].map(([topic, pending]) => this.send(topic, pending, 0)),
    ]);
    return rows.length > 0 || this.sent.length > 0;
  }

  /** Until the next failed topic is due again, ms; null when none failed. */
  retryInMs(): number | null {
    const due = [...this.lanes.values()].map(({ retryAt }) => retryAt);
    return due.length === 0 ? null : Math.max(0, Math.min(...due) - Date.now());
  }

  private async send(topic: string, rows: readonly Pending[], failures: number): Promise<void> {
    this.lanes.delete(topic);
    for (let at = 0; at < rows.length; ) {
      const end = sendEnd(rows, at);
      try {
        await this.sendWhole(topic, rows.slice(at, end));
      } catch (error) {
        this.failed(topic, rows.slice(at), failures + 1, error);
        return;
      }
      at = end;
    }
  }

  /** Sends rows together; where the log refuses them for good, finds the one to blame and parks it. */
  private async sendWhole(topic: string, rows: readonly Pending[]): Promise<void> {
    try {
      killPoint('relay.before-send');
      await this.log.append(topic, rows.map(({ record }) => record));
      killPoint('relay.after-send');
    } catch (error) {
      if (!(error instanceof Fatal)) throw error;
      // A topic that does not exist is no fault of its rows.
      await this.log.partitionCount(topic);
      const [first] = rows;
      if (rows.length === 1 && first) return this.park(topic, first.id, redactedMessage(error));
      const half = Math.ceil(rows.length / 2);
      await this.sendWhole(topic, rows.slice(0, half));
      await this.sendWhole(topic, rows.slice(half));
      return;
    }
    for (const { id } of rows) this.sent.push(id);
  }

  private async park(topic: string, id: string, reason: string): Promise<void> {
    await this.session.query({
      name: 'messaging_outbox_park',
      text: 'UPDATE messaging_outbox SET parked_at = now(), parked_reason = $2 WHERE id = $1',
      values: [id, reason],
    });
    this.logger.error({ msg: `outbox row ${id} can never be sent and was parked: ${reason}`, alarm: 'outbox_parked', topic, row: id });
  }

  private failed(topic: string, rows: readonly Pending[], failures: number, error: unknown): void {
    const sent = new Set(this.sent);
    const left = rows.filter(({ id }) => !sent.has(id));
    this.lanes.set(topic, { rows: left, failures, retryAt: Date.now() + Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(failures, 10)) });
    const line = { msg: 'send from the outbox will be repeated', topic, rows: left.length, failures, reason: redactedMessage(error) };
    if (failures === failuresBeforeAlarm || error instanceof Fatal) this.logger.error({ ...line, alarm: 'outbox_send_failing' });
    else this.logger.warn(line);
  }
}

function byTopic(rows: readonly Row[]): Map<string, Pending[]> {
  const groups = new Map<string, Pending[]>();
  for (const { id, topic, key, value, headers } of rows) {
    const pending = { id, record: { key: key === null ? null : key.toString('utf8'), value, headers } };
    const group = groups.get(topic);
    if (group) group.push(pending);
    else groups.set(topic, [pending]);
  }
  return groups;
}

function sendEnd(rows: readonly Pending[], start: number): number {
  let bytes = 0;
  let end = start;
  while (end < rows.length) {
    bytes += rows[end]?.record.value?.length ?? 0;
    if (bytes > maxSendBytes && end > start) break;
    end++;
  }
  return end;
}
