import { decodeRecord } from '@perennial/contracts/cloud-event';
import { telemetryTopic } from '@perennial/contracts/topics';
import type { LogRecord } from '@perennial/messaging/event-log';
import type { Message } from '../domain/read-message.js';
import { figuresOf } from '../domain/source-tally.js';

/** What clients of one source sent, out of records of the telemetry topic, received at `since` (ms) or later. */
export function callsOfSource(records: readonly LogRecord[], sourceId: string, since: number): (Message & { readonly vendor: string })[] {
  return records.flatMap(({ headers, value }, at) => {
    const decoded = decodeRecord(telemetryTopic, headers, value);
    if (!decoded.ok || decoded.event.type !== 'perennial.vendor.call.v1') return [];
    const { sourceId: of, vendor, call, body, receivedAt, sentAt } = decoded.event.data;
    const received = Date.parse(receivedAt);
    return received >= since && figuresOf(of) === sourceId ? [{ at, vendor, sourceId: of, call, body, sentAt, receivedAt: received, fallbackId: decoded.envelope.id }] : [];
  });
}
