import type { OutgoingRecord } from '../event-log.js';

export interface CoalescerLimits {
  /** Upper bounds of one send. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** How long a record waits for company while another send is in flight, ms. */
  readonly lingerMs: number;
  readonly maxInFlight: number;
}

export const defaultLimits: CoalescerLimits = { maxRecords: 500, maxBytes: 512 * 1024, lingerMs: 5, maxInFlight: 4 };

interface Call {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Approximate size of a record on the wire, bytes. */
export function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = 32 + (value?.length ?? 0) + (key === null ? 0 : Buffer.byteLength(key));
  for (const [name, text] of Object.entries(headers)) size += 2 + Buffer.byteLength(name) + Buffer.byteLength(text);
  return size;
}

/**
 * Makes few sends of many calls. With nothing in flight a call is sent at once; else it waits for company, at
 * most `lingerMs`. A call is never torn apart to fill up a send; one above the bounds is sent alone, in
 * pieces, one after the other, so that the order within a call always holds.
 */
export class Coalescer {
  readonly #send: (records: readonly OutgoingRecord[], bytes: number) => Promise<void>;
  readonly #limits: CoalescerLimits;
  #waiting: Call[] = [];
  #waitingRecords = 0;
  #waitingBytes = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (records: readonly OutgoingRecord[], bytes: number) => Promise<void>, limits: CoalescerLimits = defaultLimits) {
    this.#send = send;
    this.#limits = limits;
  }

  /** Resolves when all records are sent; rejects with the error of the send they were in. */
  add(records: readonly OutgoingRecord[], bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, bytes, resolve, reject });
      this.#waitingRecords += records.length;
      this.#waitingBytes += bytes;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && (this.#inFlight === 0 || (this.#full() && this.#inFlight < this.#limits.maxInFlight))) this.#flush();
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#lingered(), this.#limits.lingerMs);
  }

  #lingered(): void {
    this.#timer = null;
    if (this.#waiting.length > 0 && this.#inFlight < this.#limits.maxInFlight) this.#flush();
  }

  #full(): boolean {
    return this.#waitingRecords >= this.#limits.maxRecords || this.#waitingBytes >= this.#limits.maxBytes;
  }

  #flush(): void {
    const calls = this.#take();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#inFlight++;
    void this.#work(calls).finally(() => {
      this.#inFlight--;
      this.#pump();
    });
  }

  #take(): Call[] {
    let count = 0;
    let records = 0;
    let bytes = 0;
    for (const call of this.#waiting) {
      const fits = records + call.records.length <= this.#limits.maxRecords && bytes + call.bytes <= this.#limits.maxBytes;
      if (count > 0 && !fits) break;
      count++;
      records += call.records.length;
      bytes += call.bytes;
    }
    this.#waitingRecords -= records;
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #work(calls: readonly Call[]): Promise<void> {
    try {
      for (const piece of this.#pieces(calls.flatMap(({ records }) => records))) await this.#send(piece.records, piece.bytes);
      for (const call of calls) call.resolve();
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  *#pieces(records: readonly OutgoingRecord[]): Generator<{ readonly records: readonly OutgoingRecord[]; readonly bytes: number }> {
    let start = 0;
    let bytes = 0;
    for (const [i, record] of records.entries()) {
      const size = sizeOf(record);
      if (i > start && (i - start >= this.#limits.maxRecords || bytes + size > this.#limits.maxBytes)) {
        yield { records: records.slice(start, i), bytes };
        start = i;
        bytes = 0;
      }
      bytes += size;
    }
    if (start < records.length) yield { records: records.slice(start), bytes };
  }
}
