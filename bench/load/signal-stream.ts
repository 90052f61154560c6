import { encodeHeaders } from '@perennial/contracts/cloud-event';
import type { EventLog, OutgoingRecord } from '@perennial/messaging/event-log';
import { Random } from '@perennial/testing/random';

export interface StreamOptions {
  readonly kind: 'signals' | 'telemetry';
  readonly topic: string;
  readonly accounts: number;
  /** Share of the records that are about one and the same account; default none. */
  readonly hotShare?: number;
  /** Begins the account ids, so that streams do not meet. */
  readonly prefix?: string;
  /** Days before now over which the events are spread; default none. Older ones are an import to the scorer, and verdicts wait. */
  readonly days?: number;
  /** Version of the newest event of every account that is there already; default 0. */
  readonly from?: number;
}

export interface StreamTotals {
  readonly records: number;
  /** Accounts with at least one record. */
  readonly accounts: number;
}

const perSend = 2_000;
const dayMs = 86_400_000;

/** Appends records to a topic, one send after the other: two at once could change places. */
export async function appendAll(log: EventLog, topic: string, count: number, next: () => OutgoingRecord): Promise<void> {
  for (let left = count; left > 0; left -= perSend) await log.append(topic, Array.from({ length: Math.min(perSend, left) }, next));
}

/** Usage signals about many accounts, as signal-ingestion publishes them; versions count the events of an account. */
export class SignalStream {
  private readonly versions: Uint32Array;
  private readonly random = new Random(1);
  private sent = 0;
  private touched = 0;

  constructor(private readonly options: StreamOptions) {
    this.versions = new Uint32Array(options.accounts);
  }

  append(log: EventLog, count: number): Promise<void> {
    return appendAll(log, this.options.topic, count, () => this.next());
  }

  totals(): StreamTotals {
    return { records: this.sent, accounts: this.touched };
  }

  next(): OutgoingRecord {
    const { accounts, hotShare = 0, prefix = 'account', from = 0, days = 1 } = this.options;
    const place = hotShare > 0 && this.random.next() < hotShare ? 0 : Math.floor(this.random.next() * accounts);
    const count = ++this.versions[place]!;
    if (count === 1) this.touched++;
    const version = from + count;
    const account = `${prefix}-${place}`;
    const at = new Date(Date.now() - Math.floor(this.random.next() * days) * dayMs).toISOString();
    const id = `${prefix}-${this.sent++}`;
    const data = {
      id, kind: 'usage', accountId: account, personId: `person-${place}-${this.sent % 2}`, occurredAt: at, receivedAt: new Date().toISOString(), sourceId: 'bench', product: null, clamped: false,
      data: { event: 'Report Exported', quantity: 1, properties: { format: 'pdf', rows: 1250 } }, version,
    };
    const envelope = { id: `signals/${account}/${version}`, source: '/signal-ingestion', time: at, subject: account, causationId: id, causationDepth: 1, traceparent: null };
    return { key: account, value: Buffer.from(JSON.stringify(data)), headers: encodeHeaders('perennial.signal.usage.v1', envelope) };
  }
}
