import type { Database } from '@perennial/persistence/transaction';
import { Fatal, Transient } from '../errors.js';
import type { LogRecord, OutgoingRecord } from '../event-log.js';
import { partitionOf } from '../partitioner.js';
import type { LogTopic } from './log-topics.js';

/** A partition's counter after an append, and what was appended to it. */
export interface Appended {
  readonly topicId: number;
  readonly partition: number;
  readonly next: bigint;
  readonly records: readonly LogRecord[];
}

interface Call {
  readonly topic: LogTopic;
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Appends under way at once; more would only wait for each other's counters. */
const flights = 2;
/** A second flight starts when this much waits behind the first. */
const worthwhileRecords = 100;
/** Upper bounds of one statement; a single call may exceed them. */
const maxRecords = 2_000;
const maxBytes = 4_194_304;
/** What may wait in memory; beyond it callers are told to come back. */
const maxWaitingBytes = 67_108_864;

/** Bytes of a record, about as they are stored. */
export function recordBytes({ key, value, headers }: OutgoingRecord): number {
  let bytes = (value?.length ?? 0) + (key === null ? 0 : Buffer.byteLength(key));
  for (const name in headers) bytes += name.length + Buffer.byteLength(headers[name] ?? '') + 6;
  return bytes;
}

/** Makes one commit of many callers: what arrives while an append is under way goes with the next. */
export class Appender {
  private waiting: Call[] = [];
  private waitingRecords = 0;
  private waitingBytes = 0;
  private inFlight = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly missingRange: () => Promise<void>,
    private readonly appended: (counters: readonly Appended[]) => void,
  ) {}

  /** Resolves once committed. Throws `Transient` when the database is away or too much waits, `Fatal` for a record that cannot be stored. */
  append(topic: LogTopic, records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    let bytes = 0;
    for (const record of records) {
      const size = recordBytes(record);
      if (size > topic.maxRecordBytes) return Promise.reject(new Fatal(`a record of ${size} bytes is over the limit of ${topic.name}, ${topic.maxRecordBytes} bytes`));
      if (topic.compacted && record.key === null) return Promise.reject(new Fatal(`a record of the compacted topic ${topic.name} needs a key`));
      bytes += size;
    }
    if (this.waitingBytes + bytes > maxWaitingBytes && this.waiting.length > 0) return Promise.reject(new Transient('the log is overloaded: too many records wait to be appended'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ topic, records, bytes, resolve, reject });
      this.waitingRecords += records.length;
      this.waitingBytes += bytes;
      this.pump();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async drained(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private pump(): void {
    while (this.waiting.length > 0 && (this.inFlight === 0 || (this.inFlight < flights && this.waitingRecords >= worthwhileRecords))) {
      this.inFlight++;
      void this.fly(this.take()).finally(() => {
        this.inFlight--;
        this.pump();
        if (this.inFlight === 0) for (const resolve of this.idle.splice(0)) resolve();
      });
    }
  }

  private take(): Call[] {
    let [count, records, bytes] = [0, 0, 0];
    for (const call of this.waiting) {
      if (count > 0 && (records + call.records.length > maxRecords || bytes + call.bytes > maxBytes)) break;
      count++;
      records += call.records.length;
      bytes += call.bytes;
    }
    this.waitingRecords -= records;
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  private async fly(calls: readonly Call[]): Promise<void> {
    let counters: readonly Appended[];
    try {
      counters = await this.store(calls);
    } catch (error) {
      // What no repetition mends may be the fault of one call only.
      if (calls.length > 1 && !(error instanceof Transient)) for (const call of calls) await this.fly([call]);
      else for (const call of calls) call.reject(error instanceof Transient || error instanceof Fatal ? error : new Fatal(`cannot append: ${(error as Error).message}`, { cause: error }));
      return;
    }
    for (const call of calls) call.resolve();
    this.appended(counters);
  }

  private async store(calls: readonly Call[]): Promise<Appended[]> {
    const placed = calls.flatMap(placedRecords);
    const values = statementValues(placed);
    const run = () =>
      this.database.query<CounterRow>({
        name: 'log-append',
        text: `SELECT topic_id, p, next_off, date_part('epoch', last_ts) * 1000 AS ms FROM append_entries($1::int[], $2::smallint[], $3::text[], $4::text[], $5::int[], $6::int[], $7::bytea)`,
        values,
      });
    const rows = await run().catch(async (error: unknown) => {
      // 23514: no table for this time yet.
      if ((error as { code?: unknown }).code !== '23514') throw error;
      await this.missingRange();
      return run();
    });
    const byPartition = Map.groupBy(placed, ({ topicId, partition }) => `${topicId}/${partition}`);
    return rows.map((row) => appendedTo(row, byPartition.get(`${row.topic_id}/${row.p}`) ?? []));
  }
}

interface CounterRow {
  topic_id: number;
  p: number;
  next_off: string;
  ms: number;
}

interface PlacedRecord {
  readonly topicId: number;
  readonly partition: number;
  readonly record: OutgoingRecord;
}

function placedRecords({ topic, records }: Call): PlacedRecord[] {
  const anywhere = Math.floor(Math.random() * topic.partitions);
  return records.map((record) => ({ topicId: topic.id, partition: record.key === null ? anywhere : partitionOf(record.key, topic.partitions), record }));
}

/** The statement numbers the records of a partition in the order given. */
function appendedTo(row: CounterRow, placed: readonly PlacedRecord[]): Appended {
  const next = BigInt(row.next_off);
  const timestamp = new Date(row.ms);
  const base = next - BigInt(placed.length);
  return { topicId: row.topic_id, partition: row.p, next, records: placed.map(({ record }, n) => ({ ...record, offset: base + BigInt(n), timestamp })) };
}

function statementValues(placed: readonly PlacedRecord[]): unknown[] {
  const [topics, partitions, keys, headers, starts, sizes]: [number[], number[], (string | null)[], string[], number[], number[]] = [[], [], [], [], [], []];
  const body: Buffer[] = [];
  let at = 1;
  for (const { topicId, partition, record: { key, value, headers: each } } of placed) {
    topics.push(topicId);
    partitions.push(partition);
    keys.push(key);
    headers.push(JSON.stringify(each));
    starts.push(at);
    sizes.push(value?.length ?? -1);
    if (value !== null) body.push(value);
    at += value?.length ?? 0;
  }
  return [topics, partitions, keys, headers, starts, sizes, Buffer.concat(body)];
}
