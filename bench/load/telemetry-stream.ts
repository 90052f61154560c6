import { encodeHeaders } from '@perennial/contracts/cloud-event';
import type { EventLog, OutgoingRecord } from '@perennial/messaging/event-log';
import { Random } from '@perennial/testing/random';
import { appendAll, type StreamOptions, type StreamTotals } from './signal-stream.js';

/** Track calls of many people as the edge writes them. */
export class TelemetryStream {
  private readonly random = new Random(2);
  private readonly seen: Uint8Array;
  private sent = 0;
  private touched = 0;

  constructor(private readonly options: StreamOptions) {
    this.seen = new Uint8Array(options.accounts);
  }

  append(log: EventLog, count: number): Promise<void> {
    return appendAll(log, this.options.topic, count, () => this.next());
  }

  totals(): StreamTotals {
    return { records: this.sent, accounts: this.touched };
  }

  private next(): OutgoingRecord {
    const { accounts, prefix = 'account' } = this.options;
    const place = Math.floor(this.random.next() * accounts);
    if (this.seen[place] === 0) {
      this.seen[place] = 1;
      this.touched++;
    }
    const id = `${prefix}-${this.sent++}`;
    const userId = `user-${place}-${this.sent % 2}`;
    const now = new Date().toISOString();
    const body = {
      type: 'track', messageId: id, userId, event: 'Report Exported', properties: { format: 'pdf', rows: 1250, shared: true },
      context: { groupId: `${prefix}-${place}`, library: { name: 'analytics-node', version: '2.1.0' } }, timestamp: now,
    };
    const data = { sourceId: 'bench', vendor: 'segment', call: 'track', receivedAt: now, sentAt: null, body };
    const envelope = { id, source: '/signal-ingestion', time: now, subject: null, causationId: null, causationDepth: 0, traceparent: null };
    return { key: userId, value: Buffer.from(JSON.stringify(data)), headers: encodeHeaders('perennial.vendor.call.v1', envelope) };
  }
}
