/** What became of a message: published as a signal, kept until its person has an account, taken but no signal, known already, refused, or about somebody who was suppressed. */
export type MessageResult = 'published' | 'waiting' | 'no_signal' | 'repeated' | 'rejected' | 'suppressed';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const lateMs = 24 * hourMs;

/** Whom figures are kept for: a source with all parts it names, API keys together, and together whatever other producers put on the topic. */
export function figuresOf(sourceId: string): string {
  const sender = sourceId.split('/', 1)[0] ?? '';
  return uuid.test(sender) || sender === 'api' ? sender : 'topic';
}

/** Under whom the rows of imported files are counted together. */
export const importedFiles = 'import';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What there is to know of one message. Times in ms. */
export interface TalliedMessage {
  readonly sourceId: string;
  readonly receivedAt: number;
  readonly result: MessageResult;
  /** Of what was read: its business time, and whether it lay too far ahead; null where nobody could read it. */
  readonly time: { readonly occurredAt: number; readonly clamped: boolean } | null;
  /** When it left, by the sender's clock. */
  readonly sentAt: number | null;
}

/** One source in one hour. Times in ms. */
export interface HourTally {
  readonly sourceId: string;
  readonly hour: number;
  accepted: number;
  repeated: number;
  rejected: number;
  /** Were about somebody who was suppressed. */
  suppressed: number;
  /** Lay more than 5 min ahead of their receipt. */
  clamped: number;
  /** Were received more than a day after they happened. */
  late: number;
  newestEventAt: number | null;
  newestReceivedAt: number;
  /** Sum over `skewed` messages of receipt minus sending: positive where the sender's clock is behind. */
  skewMs: number;
  skewed: number;
}

export interface MinuteTally {
  readonly sourceId: string;
  readonly minute: number;
  accepted: number;
}

/** Counts the messages of one chunk by source and time of receipt. */
export class SourceTally {
  private readonly byHour = new Map<string, HourTally>();
  private readonly byMinute = new Map<string, MinuteTally>();

  add({ sourceId: of, receivedAt, result, time, sentAt }: TalliedMessage, sourceId = figuresOf(of)): void {
    const hour = this.hour(sourceId, Math.floor(receivedAt / hourMs) * hourMs);
    hour.newestReceivedAt = Math.max(hour.newestReceivedAt, receivedAt);
    if (result === 'rejected' || result === 'repeated' || result === 'suppressed') {
      hour[result]++;
      return;
    }
    hour.accepted++;
    this.minute(sourceId, Math.floor(receivedAt / minuteMs) * minuteMs).accepted++;
    if (time) {
      if (time.clamped) hour.clamped++;
      if (time.occurredAt < receivedAt - lateMs) hour.late++;
      hour.newestEventAt = Math.max(hour.newestEventAt ?? -Infinity, time.occurredAt);
    }
    if (sentAt === null) return;
    hour.skewMs += receivedAt - sentAt;
    hour.skewed++;
  }

  /** By source and time: rows are locked in one order. */
  hours(): HourTally[] {
    return [...this.byHour.entries()].sort(byKey).map(([, tally]) => tally);
  }

  minutes(): MinuteTally[] {
    return [...this.byMinute.entries()].sort(byKey).map(([, tally]) => tally);
  }

  private hour(sourceId: string, hour: number): HourTally {
    const key = `${sourceId} ${hour}`;
    let tally = this.byHour.get(key);
    if (!tally) this.byHour.set(key, (tally = { sourceId, hour, accepted: 0, repeated: 0, rejected: 0, suppressed: 0, clamped: 0, late: 0, newestEventAt: null, newestReceivedAt: 0, skewMs: 0, skewed: 0 }));
    return tally;
  }

  private minute(sourceId: string, minute: number): MinuteTally {
    const key = `${sourceId} ${minute}`;
    let tally = this.byMinute.get(key);
    if (!tally) this.byMinute.set(key, (tally = { sourceId, minute, accepted: 0 }));
    return tally;
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
