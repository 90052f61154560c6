import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { Headers } from '@perennial/contracts/cloud-event';
import type { LogRecord, OutgoingRecord } from '../event-log.js';

export const toMessage = ({ key, value, headers }: OutgoingRecord): Message => ({ key: key === null ? null : Buffer.from(key), value, headers });

/** A record as the port gives it. Keys and headers are text; of a header that stands twice the first counts. */
export function toRecord({ key, value, headers, offset, timestamp }: KafkaMessage): LogRecord {
  return { key: key === null ? null : key.toString(), value, headers: textHeaders(headers), offset: BigInt(offset), timestamp: new Date(Number(timestamp)) };
}

function textHeaders(headers: IHeaders | undefined): Headers {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    // A foreign producer may name a header so, and gets a property of that name.
    if (name === '__proto__') Object.defineProperty(text, name, { value: first?.toString() ?? '', enumerable: true, configurable: true, writable: true });
    else text[name] = first?.toString() ?? '';
  }
  return text;
}

/** How many of `messages` from `start` on fit one batch: at least one, else within both bounds. */
export function fitting(messages: readonly KafkaMessage[], start: number, maxRecords: number, maxBytes: number): number {
  let count = 0;
  for (let bytes = 0; start + count < messages.length && count < maxRecords; count++) {
    const { key, value } = messages[start + count]!;
    bytes += (key?.length ?? 0) + (value?.length ?? 0);
    if (count > 0 && bytes > maxBytes) break;
  }
  return count;
}
