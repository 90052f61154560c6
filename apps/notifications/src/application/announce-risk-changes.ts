import { Injectable } from '@nestjs/common';
import type { riskChangesTopic } from '@perennial/contracts/topics';
import type { ReceivedEvent } from '@perennial/messaging/batch-consumer';
import { EventTraces } from '@perennial/messaging/event-traces';
import type { Transaction } from '@perennial/persistence/transaction';
import { AnnouncedRiskChanges } from './announced-risk-changes.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Inbox } from './inbox.js';
import { LiveStream } from './live-stream.js';
import { SendDeliveries } from './send-deliveries.js';
import { StreamHub } from './stream-hub.js';

const eventType = 'risk.changed';

/**
 * Tells everybody who asked: webhooks, the live stream, and the inbox of the account's owner. What a change of scorecard
 * moved shows on the topic and the live stream alone: it alarms nobody, and is summed up once (tell-scorecards.handler.ts).
 */
@Injectable()
export class AnnounceRiskChanges {
  constructor(
    private readonly announced: AnnouncedRiskChanges,
    private readonly queue: DeliveryQueue,
    private readonly stream: LiveStream,
    private readonly inbox: Inbox,
    private readonly sender: SendDeliveries,
    private readonly hub: StreamHub,
    private readonly traces: EventTraces,
  ) {}

  /** Announces what was not announced before. A rebuild reads old events again: nobody hears of them twice, nor does an endpoint hear of what was before it. */
  async announce(received: readonly ReceivedEvent<typeof riskChangesTopic>[], tx: Transaction): Promise<void> {
    const events = await this.announced.takeNew(tx, received);
    if (events.length === 0) return;
    const news = events.filter(({ data }) => data.cause !== 'revision');
    const messages = news.map((event) => ({
      id: messageId(event.key, event.version),
      eventType,
      accountId: event.key,
      body: JSON.stringify({ type: eventType, timestamp: event.data.occurredAt, data: event.data }),
      traceparent: this.traces.traceparentOf(event),
      createdAt: new Date(event.data.occurredAt),
    }));
    const stream = events.map((event) => ({ type: eventType, data: JSON.stringify(event.data), createdAt: new Date(event.data.occurredAt) }));
    const items = news.map((event) => ({
      key: `risk-change ${event.key} ${event.version}`,
      audience: 'account-owner' as const,
      kind: 'risk_changed' as const,
      accountId: event.key,
      title: `${event.key} went from ${event.data.from} to ${event.data.to}${event.data.reasons[0] ? `: ${event.data.reasons[0].text}` : ''}`,
      createdAt: new Date(event.data.occurredAt),
    }));
    await Promise.all([this.queue.enqueue(tx, messages), this.stream.append(tx, stream), this.inbox.add(tx, items)]);
    tx.afterCommit(() => {
      this.sender.wake();
      this.hub.wake();
    });
  }
}

/** Stable over redelivery: receivers drop repeats by it. */
function messageId(accountId: string, version: number): string {
  return `msg_${Buffer.from(`risk-changes/${accountId}/${version}`).toString('base64url')}`;
}
