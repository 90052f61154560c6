import type { telemetryTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { sourceIdOf, type Message } from '../domain/read-message.js';
import type { Item } from '../domain/vendors/vendor.js';

export type Telemetry = ReceivedEvent<typeof telemetryTopic>;
type InputRejectedEvent = Extract<Telemetry, { type: 'perennial.input.rejected.v1' }>;

/** A record's time that the topic's retention rules out, or that lies ahead of us, is not believed. */
const believableAgeMs = 7 * 86_400_000;
const believableAheadMs = 60_000;

export function isInputRejected(event: Telemetry): event is InputRejectedEvent {
  return event.type === 'perennial.input.rejected.v1';
}

/** A record of the telemetry topic as a vendor's message. `now` in ms: when it is read. */
export function messageOf(event: Exclude<Telemetry, InputRejectedEvent>, at: number, now: number): Message & { readonly vendor: string } {
  if (event.type === 'perennial.vendor.call.v1') {
    const { sourceId, vendor, call, body, receivedAt, sentAt } = event.data;
    const received = Date.parse(receivedAt);
    return { at, vendor, sourceId, call, body, sentAt, receivedAt: Number.isNaN(received) ? now : received, fallbackId: event.envelope.id };
  }
  const kind = event.type.slice('perennial.signal.'.length, -'.v1'.length);
  const body = signalOf(event.data, kind);
  return { at, vendor: 'perennial', sourceId: sourceIdOf(event.envelope.source, body['source']), call: 'signal', body, sentAt: null, receivedAt: receiptOf(event.receivedAt.getTime(), now), fallbackId: event.envelope.id };
}

/** A foreign producer says the kind in `ce_type`; a body that says another one is refused by its schema. */
function signalOf(data: unknown, kind: string): Item {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return { kind, value: data };
  return 'kind' in data && data.kind !== kind ? { ...data, kind: `${(JSON.stringify(data.kind) ?? '').slice(0, 60)} (ce_type says ${kind})` } : { ...data, kind };
}

function receiptOf(recordTime: number, now: number): number {
  return recordTime > now + believableAheadMs || recordTime < now - believableAgeMs ? now : recordTime;
}
