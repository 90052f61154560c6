import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { notificationsTopic } from '@perennial/contracts/topics';
import { killPoint } from '@perennial/messaging/kill-point';
import { Outbox } from '@perennial/messaging/outbox';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge, RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAttempt, disableReason, healthyEndpoint, nextAttemptAt } from '../domain/delivery-policy.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryQueue, type ClaimedDelivery, type DeliveryOutcome } from './delivery-queue.js';
import { Inbox } from './inbox.js';
import { WebhookSender, type SendResult } from './webhook-sender.js';

const mostInFlight = 256;
const perEndpoint = 8;
const drainMs = 5_000;

interface Finished {
  readonly delivery: ClaimedDelivery;
  readonly result: SendResult;
  /** Business time of the answer. */
  readonly at: Date;
}

/**
 * The webhook worker. Deliveries of all endpoints are under way side by side; a hanging endpoint holds only
 * its own few places. Claimed by lease: killed at any line, the delivery is tried again with the same id.
 */
@Injectable()
@RunsDueWork()
export class SendDeliveries implements DueWork, BeforeApplicationShutdown {
  private readonly logger = new Logger(SendDeliveries.name);
  private readonly metrics = new DeliveryMetrics();
  private readonly underWay = new Map<ClaimedDelivery, Promise<void>>();
  /** Answered, not stored yet. Grows at its end only, also while `settleFinished` stores what stands before. */
  private readonly finished: Finished[] = [];
  private busySince: Date | null = null;

  constructor(
    private readonly database: Database,
    private readonly queue: DeliveryQueue,
    private readonly sender: WebhookSender,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly runner: DueWorkNudge,
  ) {}

  /** Something new may be due now. */
  wake(): void {
    this.runner.nudge();
  }

  /** While requests are under way the work in hand is not done: the same instant again, so that the runner waits for a nudge and looks now and then. */
  async nextDueAt(): Promise<Date | null> {
    if (this.underWay.size === 0 && this.finished.length === 0) {
      this.busySince = null;
      return this.queue.nextDueAt();
    }
    const now = this.clock.now();
    // A clock that was set back must not put off what is in hand until it has caught up.
    if (this.busySince === null || this.busySince > now) this.busySince = now;
    return this.busySince;
  }

  /** Stores what was answered, then claims and starts what fits; never waits for a receiver. */
  async runDue(now: Date): Promise<void> {
    await this.settleFinished();
    const inHand = this.inHand();
    const free = mostInFlight - inHand.length;
    if (free <= 0) return;
    const claimed = await this.queue.claim(now, free, perEndpoint, perEndpointOf(inHand));
    if (claimed.length > 0) killPoint('notifications.after-claim');
    for (const delivery of claimed) this.underWay.set(delivery, this.attempt(delivery));
  }

  /** Requests under way get a few seconds; what is cut off is given back, to be sent again under the same id. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([Promise.all(this.underWay.values()), sleep(drainMs, undefined, { ref: false })]);
    try {
      await this.settleFinished();
      if (this.underWay.size > 0) await this.queue.release([...this.underWay.keys()]);
    } catch (error) {
      // The rest of the service has to close all the same; the leases run out.
      this.logger.warn({ msg: 'deliveries under way were not given back', err: error });
    }
  }

  /** Answered deliveries keep their place until they are stored: their failures do not count against the endpoint before. */
  private inHand(): ClaimedDelivery[] {
    return [...this.underWay.keys(), ...this.finished.map(({ delivery }) => delivery)];
  }

  private async attempt(delivery: ClaimedDelivery): Promise<void> {
    const { url, secret, messageId, body, traceparent } = delivery;
    const result = await this.sender.send({ url, secret, id: messageId, body, traceparent });
    killPoint('notifications.after-send');
    this.underWay.delete(delivery);
    this.finished.push({ delivery, result, at: this.clock.now() });
    this.wake();
  }

  private async settleFinished(): Promise<void> {
    const batch = this.finished.slice();
    if (batch.length === 0) return;
    killPoint('notifications.before-settle');
    const { stored, disabled } = await this.database.transaction((tx) => this.settle(tx, batch));
    this.finished.splice(0, batch.length);
    for (const { state } of stored) this.metrics.attempted(state);
    this.metrics.disabled(disabled);
  }

  private async settle(tx: Transaction, batch: readonly Finished[]): Promise<{ stored: DeliveryOutcome[]; disabled: number }> {
    const [known, stored] = await Promise.all([
      this.queue.lockEndpoints(tx, [...new Set(batch.map(({ delivery }) => delivery.endpointId))]),
      this.queue.settle(tx, batch.map(outcomeOf)),
    ]);
    const healths = new Map(known);
    const disabled = new Map<string, string>();
    for (const { delivery, attempt, state } of stored) {
      const at = Date.parse(attempt.at);
      const health = afterAttempt(healths.get(delivery.endpointId) ?? healthyEndpoint, at, state === 'delivered');
      healths.set(delivery.endpointId, health);
      const reason = disableReason(health, at, attempt.status);
      if (reason) disabled.set(delivery.endpointId, reason);
    }
    const changed = new Map([...healths].filter(([id, health]) => !isDeepStrictEqual(health, known.get(id))));
    const [told] = await Promise.all([
      disabled.size > 0 ? this.disable(tx, disabled) : 0,
      changed.size > 0 ? this.queue.saveEndpoints(tx, changed) : undefined,
      this.publish(tx, stored.filter(({ state }) => state !== 'pending')),
    ]);
    return { stored, disabled: told };
  }

  /** Operators hear of each once, however many of its requests come back after that. */
  private async disable(tx: Transaction, reasons: ReadonlyMap<string, string>): Promise<number> {
    const now = this.clock.now();
    const disabled = await this.queue.disable(tx, reasons, now);
    await this.inbox.add(tx, disabled.map((endpointId) => ({
      key: `webhook-disabled ${endpointId} ${now.toISOString()}`,
      audience: 'role:operator' as const,
      kind: 'webhook_disabled' as const,
      accountId: null,
      title: `Webhook endpoint ${endpointId} was disabled: ${reasons.get(endpointId)}. Mend it, enable it again and replay what it missed.`,
      createdAt: now,
    })));
    return disabled.length;
  }

  private async publish(tx: Transaction, ended: readonly DeliveryOutcome[]): Promise<void> {
    if (ended.length === 0) return;
    const drafts = ended.map(({ delivery, attempt, state }) => ({
      type: 'perennial.notification.changed.v1' as const,
      key: delivery.accountId ?? delivery.endpointId,
      time: new Date(attempt.at),
      data: { id: delivery.id, accountId: delivery.accountId, channel: 'webhook' as const, state, eventType: delivery.eventType, at: attempt.at },
    }));
    await Promise.all([this.queue.lockKeys(tx, drafts.map(({ key }) => key)), this.outbox.publish(tx, notificationsTopic, drafts)]);
  }
}

function perEndpointOf(deliveries: readonly ClaimedDelivery[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { endpointId } of deliveries) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
  return counts;
}

/** 2xx is delivered; everything else is tried again until the schedule is used up. */
function outcomeOf({ delivery, result, at }: Finished): DeliveryOutcome {
  const attempt = { at: at.toISOString(), status: result.status, error: result.error, ms: result.ms };
  if (result.error === null) return { delivery, attempt, state: 'delivered', nextAt: null };
  const nextAt = nextAttemptAt(at.getTime(), delivery.tried + 1, Math.random(), result.retryAfterSeconds);
  return { delivery, attempt, state: nextAt === null ? 'failed' : 'pending', nextAt: nextAt === null ? null : new Date(nextAt) };
}
