import { encodeHeaders } from '@perennial/contracts/cloud-event';
import type { OutgoingRecord } from '@perennial/messaging/event-log';
import type { RejectedEvent } from '../domain/hooks/hook-source.js';
import type { ItemFault } from '../domain/item-fault.js';
import { rejectedEvent, rejectedPayload } from '../domain/rejected-payload.js';

interface Common {
  /** CloudEvents id; the message's own id where it has one. */
  readonly id: string;
  readonly key: string;
  readonly sourceId: string;
  readonly receivedAt: Date;
  readonly traceparent: string | null;
}

const eventSource = '/signal-ingestion';

function headersOf(type: string, { id, receivedAt, traceparent }: Common): Record<string, string> {
  return encodeHeaders(type, { id, source: eventSource, time: receivedAt.toISOString(), subject: null, causationId: null, causationDepth: 0, traceparent });
}

/** An accepted item as a `perennial.vendor.call.v1`; `body` is its JSON text, which is passed on as it is. */
export function vendorCallRecord(item: Common & { readonly vendor: string; readonly call: string; readonly body: string; readonly sentAt: string | null }): OutgoingRecord {
  const { sourceId, vendor, call, receivedAt, sentAt } = item;
  const rest = JSON.stringify({ sourceId, vendor, call, receivedAt: receivedAt.toISOString(), sentAt });
  return { key: item.key, value: Buffer.from(`${rest.slice(0, -1)},"body":${item.body}}`), headers: headersOf('perennial.vendor.call.v1', item) };
}

/** How a refused item can be read again once it is mended. */
export interface Rereading {
  readonly vendor: string;
  readonly call: string;
  readonly sentAt: string | null;
  /** The item is a webhook's event. */
  readonly event?: RejectedEvent;
}

/** A refused item of a known sender as a `perennial.input.rejected.v1`. `reread` null: it is no item but a whole body. */
export function rejectedRecord(item: Common & { readonly fault: ItemFault; readonly payload: unknown; readonly reread: Rereading | null }): OutgoingRecord {
  const { id, sourceId, receivedAt, fault, reread } = item;
  const read = reread === null ? {} : { vendor: reread.vendor, call: reread.call.slice(0, 200).toWellFormed().replaceAll('\0', '\uFFFD'), sentAt: reread.sentAt?.slice(0, 200).toWellFormed().replaceAll('\0', '\uFFFD') ?? null, ...(reread.event ? { event: reread.event } : {}) };
  const rest = JSON.stringify({ id, sourceId, receivedAt: receivedAt.toISOString(), code: fault.code, pointer: fault.pointer === '' ? null : fault.pointer.toWellFormed(), detail: fault.detail, ...read });
  return { key: item.key, value: Buffer.from(`${rest.slice(0, -1)},"payload":${reread?.event ? rejectedEvent(item.payload) : rejectedPayload(item.payload)}}`), headers: headersOf('perennial.input.rejected.v1', item) };
}
