import { Injectable } from '@nestjs/common';
import { telemetryTopic } from '@perennial/contracts/topics';
import { Consumes, type BatchHandler, type EventBatch, type ReceivedEvent } from '@perennial/messaging/batch-consumer';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { v5 as uuidv5 } from 'uuid';
import { CapNames } from '../application/cap-names.js';
import { MessageStore } from '../application/message-store.js';
import { ReadMessages } from '../application/read-messages.js';
import { RejectedStore, type Rejected } from '../application/rejected-store.js';
import { SourceFigures } from '../application/source-figures.js';
import { SignalMetrics, type CountedMessage } from '../application/signal-metrics.js';
import { Suppression } from '../application/suppression.js';
import { TakeMessages } from '../application/take-messages.js';
import type { Arrival } from '../domain/arrival.js';
import type { ItemFault } from '../domain/item-fault.js';
import { parseInstant } from '../domain/event-time.js';
import { mentions } from '../domain/personal-data.js';
import { rejectedEvent, rejectedPayload } from '../domain/rejected-payload.js';
import { SourceTally } from '../domain/source-tally.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { isInputRejected, messageOf, type Telemetry } from './telemetry-message.js';

const rejectedNamespace = '9f1a1a1e-37c5-4d0b-9a69-6a0f4e7f2c11';

/** The front door's other side: from telemetry to signals, accounts and the list of rejected items. */
@Injectable()
@Consumes(telemetryTopic)
export class TelemetryConsumer implements BatchHandler<typeof telemetryTopic> {
  private readonly metrics = new SignalMetrics();

  constructor(
    private readonly readMessages: ReadMessages,
    private readonly capNames: CapNames,
    private readonly takeMessages: TakeMessages,
    private readonly messages: MessageStore,
    private readonly rejectedStore: RejectedStore,
    private readonly figures: SourceFigures,
    private readonly suppression: Suppression,
    private readonly clock: Clock,
    private readonly nudge: DueWorkNudge,
  ) {}

  async handle({ events, partition }: EventBatch<typeof telemetryTopic>, tx: Transaction): Promise<void> {
    await this.messages.prepare();
    const now = this.clock.now().getTime();
    const arrivals: Arrival[] = [];
    const rejected: Rejected[] = [];
    const counted: CountedMessage[] = [];
    const tally = new SourceTally();
    const sentAt = new Map<number, number | null>();
    const vendors = new Map<number, string>();
    events.forEach((event, at) => {
      if (isInputRejected(event)) {
        const one = listed(event);
        rejected.push(one);
        tally.add({ sourceId: one.sourceId, receivedAt: one.receivedAt.getTime(), result: 'rejected', time: null, sentAt: null });
        return;
      }
      const message = messageOf(event, at, now);
      // A foreign producer may write any name: only those that are served become labels.
      const vendorName = vendorNamed(message.vendor)?.name ?? 'unknown';
      const read = this.readMessages.read(message);
      vendors.set(at, vendorName);
      if ('code' in read) {
        rejected.push(refused(event, message, read));
        tally.add({ sourceId: message.sourceId, receivedAt: message.receivedAt, result: 'rejected', time: null, sentAt: null });
        counted.push({ vendor: vendorName, kind: null, result: 'rejected' });
      } else {
        arrivals.push(read);
        sentAt.set(at, parseInstant(message.sentAt));
      }
    });
    const { refusals, results } = await this.takeMessages.take(tx, await this.capNames.cap(tx, arrivals), (at) => events[at]);
    for (const { arrival, fault } of refusals) {
      const event = events[arrival.at];
      if (event && !isInputRejected(event)) rejected.push(refused(event, messageOf(event, arrival.at, now), fault));
    }
    for (const arrival of arrivals) tally.add({ sourceId: arrival.sourceId, receivedAt: arrival.receivedAt, result: results.get(arrival.at) ?? 'repeated', time: arrival, sentAt: sentAt.get(arrival.at) ?? null });
    const listable = this.suppression.isEmpty ? rejected : rejected.filter(({ payload }) => !mentions(JSON.parse(payload), this.suppression.isSuppressed));
    const [, toLookAt, , current] = await Promise.all([
      rejected.length > 0 ? this.suppression.enter(tx) : null,
      this.figures.add(tx, partition, tally),
      this.rejectedStore.add(tx, listable),
      rejected.length > 0 ? this.suppression.isCurrent(tx) : true,
    ]);
    if (!current) await this.suppression.startAnew();
    if (toLookAt) tx.afterCommit(() => this.nudge.nudge());
    for (const { at, meaning } of arrivals) counted.push({ vendor: vendors.get(at) ?? 'unknown', kind: meaning.signal?.kind ?? null, result: results.get(at) ?? 'repeated' });
    tx.afterCommit(() => this.metrics.count(counted));
  }
}

function listed({ data }: Extract<Telemetry, { type: 'perennial.input.rejected.v1' }>): Rejected {
  const { id, sourceId, receivedAt, code, pointer, detail, payload, vendor = null, call = null, sentAt = null, event = null } = data;
  return { id: uuidv5(id, rejectedNamespace), sourceId, receivedAt: new Date(receivedAt), code, pointer, detail, payload: event ? rejectedEvent(payload) : rejectedPayload(payload), state: 'open', vendor, call, sentAt, event, settledAt: null };
}

/** The same record refused twice for the same reason is one row, however often it is delivered. */
function refused(event: ReceivedEvent<typeof telemetryTopic>, message: ReturnType<typeof messageOf>, fault: ItemFault): Rejected {
  return {
    id: uuidv5(`${event.partition}/${event.offset}/${event.envelope.id}/${fault.code}`, rejectedNamespace),
    sourceId: message.sourceId.slice(0, 200).toWellFormed().replaceAll('\0', '\uFFFD'),
    receivedAt: new Date(message.receivedAt),
    code: fault.code,
    pointer: fault.pointer === '' ? null : fault.pointer,
    detail: fault.detail,
    payload: rejectedPayload(message.body),
    state: 'open',
    vendor: message.vendor,
    call: message.call,
    sentAt: message.sentAt,
    event: null,
    settledAt: null,
  };
}
