import { decodeRecord, type Decoded, type Undecodable } from '@perennial/contracts/cloud-event';
import { Id } from '@perennial/contracts/primitives';
import type { AnyTopic } from '@perennial/contracts/topic';
import { faultOf } from '@perennial/contracts/validator';
import type { ReceivedEvent } from './batch-consumer.js';
import type { Refusal } from './dead-letter.js';
import { erasedHeader, type LogRecord } from './event-log.js';
import { redactedMessage } from './redact.js';
import type { ToldBefore } from './told-before.js';

/** One record of a chunk, decoded once however often the chunk is tried. */
export interface ChunkItem {
  readonly record: LogRecord;
  /** Null when the record is no event of its topic, or was erased. */
  readonly event: ReceivedEvent | null;
  /** Why it will not be given to the handler; found by decoding or by an earlier try. */
  refusal: Refusal | null;
}

export function chunkItem(topic: AnyTopic, partition: number, record: LogRecord): ChunkItem {
  if (record.value === null && record.headers[erasedHeader] !== undefined) return { record, event: null, refusal: null };
  const decoded = decodeRecord(topic, record.headers, record.value);
  if (!decoded.ok) return { record, event: null, refusal: undecodable(decoded) };
  const event = received(topic, partition, record, decoded);
  if (event === null) return { record, event, refusal: { class: 'undecodable', code: 'missing_version', message: 'an event of this topic needs a key and a whole version from 1' } };
  // Versions are kept by key: one that no table can hold would stop the partition for ever.
  if (topic.versioned && faultOf(Id, event.key) !== null) return { record, event: null, refusal: { class: 'undecodable', code: 'bad_key', message: 'a key has 1 to 200 characters, none of them a control character' } };
  return { record, event, refusal: null };
}

/** The longest run of records from `start` that fits `maxRecords` and `maxBytes`, all of them `told` before or none; at least one. */
export function chunkEnd(records: readonly LogRecord[], start: number, maxRecords: number, maxBytes: number, told: ToldBefore): number {
  const first = records[start];
  if (!first) return start;
  const isTold = told.has(first.offset);
  let bytes = first.value?.length ?? 0;
  let end = start + 1;
  for (let next = records[end]; next && end - start < maxRecords; next = records[++end]) {
    bytes += next.value?.length ?? 0;
    if (bytes > maxBytes || told.has(next.offset) !== isTold) break;
  }
  return end;
}

function undecodable({ code, detail }: Undecodable): Refusal {
  return { class: 'undecodable', code, message: redactedMessage(detail) };
}

function received(topic: AnyTopic, partition: number, record: LogRecord, { envelope, event }: Decoded<AnyTopic>): ReceivedEvent | null {
  const version = topic.versioned ? versionOf(event.data) : 0;
  if (version === null || (topic.versioned && record.key === null)) return null;
  return { ...event, envelope, key: record.key ?? '', version, partition, offset: record.offset, receivedAt: record.timestamp };
}

function versionOf(data: unknown): number | null {
  const version = typeof data === 'object' && data !== null ? (data as { version?: unknown }).version : undefined;
  return typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : null;
}
