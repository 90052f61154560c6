import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { telemetryTopic } from '@perennial/contracts/topics';
import { EVENT_LOG, type EventLog, type OutgoingRecord } from '@perennial/messaging/event-log';
import { killPoint } from '@perennial/messaging/kill-point';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import { v7 as uuidv7 } from 'uuid';
import type { SignalIngestionConfig } from '../config.js';
import { busy } from '../application/busy.js';
import { Suppression } from '../application/suppression.js';
import type { ItemFault } from '../domain/item-fault.js';
import { mentions, personSuppressed, subjectsOf, withoutAttendees } from '../domain/personal-data.js';
import { sourceOf } from '../domain/read-message.js';
import type { Item, ItemResult, ReadJson, Vendor } from '../domain/vendors/vendor.js';
import { vendors } from '../domain/vendors/vendors.js';
import { checkItems } from './check-items.js';
import { SendSpan } from './send-span.js';
import { rejectedRecord, vendorCallRecord, type Rereading } from './telemetry-records.js';

export interface Delivery {
  readonly vendor: Vendor;
  /** Null: a batch. */
  readonly call: string | null;
  /** Who sends: the write key's source, or `api` for API keys. */
  readonly sender: string;
  readonly json: ReadJson;
  readonly traceparent: string | undefined;
}

/** Part of the room for what waits that one sender may take. */
const shareOfOne = 0.75;

/**
 * Puts what senders deliver on the telemetry topic and answers after the log has it for good. It needs no
 * database. What waits for the log is bounded: above that the client is told to come again.
 */
@Injectable()
export class FrontDoor {
  private waitingBytes = 0;
  private readonly waitingOf = new Map<string, number>();
  private readonly items = metrics.getMeter('@perennial/signal-ingestion').createCounter('perennial.ingest.items', { description: 'Items at the front door, by vendor and result.' });

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly suppression: Suppression,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    // Alerts ask for these before the first item.
    for (const { name } of vendors) for (const result of ['accepted', 'rejected', 'suppressed']) this.items.add(0, { vendor: name, result });
  }

  /** The result of each item in order, or the fault of the whole body. Throws 503 problems and `Transient`. */
  async deliver(delivery: Delivery): Promise<readonly ItemResult[] | ItemFault> {
    const { vendor, call, sender, json } = delivery;
    const receivedAt = this.clock.now();
    const checked = checkItems({ vendor, call, json, receivedAt: receivedAt.getTime(), rules: this.config.rules });
    if ('code' in checked) return checked;
    const span = new SendSpan(delivery.traceparent, checked.length);
    const { traceparent } = span;
    const results: ItemResult[] = [];
    const records = checked.flatMap(({ call: itemCall, item, id, fault, json: text, sentAt }): OutgoingRecord | readonly OutgoingRecord[] => {
      if (fault !== null) {
        results.push({ id, fault });
        // What cannot be taken and may be about somebody who was suppressed is refused, and kept nowhere.
        if (!this.suppression.isEmpty && mentions(item, this.suppression.isSuppressed)) return [];
        return rejectedRecord({ id: uuidv7(), key: sender, sourceId: sourceOf(vendor, sender, item), receivedAt, traceparent, fault, payload: item, reread: { vendor: vendor.name, call: itemCall, sentAt } });
      }
      const body = this.suppression.isEmpty ? text : this.heard(vendor, itemCall, item as Item, text);
      if (body === null) {
        results.push({ id, fault: personSuppressed });
        return [];
      }
      const given = id ?? uuidv7();
      results.push({ id: given, fault: null });
      return vendorCallRecord({ id: given, key: vendor.topicKeyOf(item as Item), sourceId: sourceOf(vendor, sender, item), receivedAt, traceparent, vendor: vendor.name, call: itemCall, body, sentAt });
    });
    await span.around(this.append(sender, records));
    const suppressed = results.filter(({ fault }) => fault === personSuppressed).length;
    const rejected = results.filter(({ fault }) => fault !== null).length - suppressed;
    this.items.add(results.length - rejected - suppressed, { vendor: vendor.name, result: 'accepted' });
    if (suppressed > 0) this.items.add(suppressed, { vendor: vendor.name, result: 'suppressed' });
    if (rejected > 0) this.items.add(rejected, { vendor: vendor.name, result: 'rejected' });
    return results;
  }

  /** Lists a whole body that a known sender sent and nobody could read, or with `reread` a webhook's event that can be mapped again; under the same `id` it is listed once. */
  async listRefusal(sender: string, fault: ItemFault, traceparent: string | undefined, { id = uuidv7(), payload = null, reread = null }: { readonly id?: string; readonly payload?: unknown; readonly reread?: Rereading | null } = {}): Promise<void> {
    const span = new SendSpan(traceparent, 1);
    // A body that may name somebody who was suppressed is refused, and kept nowhere.
    const kept = this.suppression.isEmpty || !mentions(payload, this.suppression.isSuppressed) ? payload : null;
    await span.around(this.append(sender, [rejectedRecord({ id, key: sender, sourceId: sender, receivedAt: this.clock.now(), traceparent: span.traceparent, fault, payload: kept, reread: kept === null ? null : reread })]));
    if (reread) this.items.add(1, { vendor: reread.vendor, result: 'rejected' });
  }

  /** The item's JSON without attendees who were suppressed; null: it is about such a person. */
  private heard(vendor: Vendor, call: string, item: Item, json: string): string | null {
    const { isSuppressed } = this.suppression;
    if (subjectsOf(vendor.meaningOf(call, item)).some(isSuppressed)) return null;
    const kept = withoutAttendees(item, isSuppressed);
    return kept === item ? json : JSON.stringify(kept);
  }

  private async append(sender: string, records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    // One delivery always finds room, however large: it is bounded by its own limit.
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.config.edgeBufferBytes) throw busy('too much waits for the log: try again');
    // What one sender sends never fills the room of the others.
    const own = this.waitingOf.get(sender) ?? 0;
    if (own > 0 && own + bytes > this.config.edgeBufferBytes * shareOfOne) throw busy('too much of this source waits for the log: try again');
    this.waitingBytes += bytes;
    this.waitingOf.set(sender, own + bytes);
    try {
      killPoint('edge.before-append');
      await this.log.append(telemetryTopic.name, records);
      killPoint('edge.after-append');
    } finally {
      this.waitingBytes -= bytes;
      const left = (this.waitingOf.get(sender) ?? 0) - bytes;
      if (left > 0) this.waitingOf.set(sender, left);
      else this.waitingOf.delete(sender);
    }
  }
}
