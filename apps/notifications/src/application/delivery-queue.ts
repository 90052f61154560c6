import type { Transaction } from '@perennial/persistence/transaction';
import type { EndpointHealth } from '../domain/delivery-policy.js';

/** A message for other systems; every matching endpoint gets one delivery of it. */
export interface OutgoingMessage {
  /** Sent as `webhook-id`: the same for every attempt and every endpoint. */
  readonly id: string;
  readonly eventType: string;
  readonly accountId: string | null;
  readonly body: string;
  readonly traceparent: string | null;
  readonly createdAt: Date;
}

/** A delivery claimed by this process: it may be attempted until its lease ends. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly accountId: string | null;
  readonly eventType: string;
  readonly url: string;
  readonly secret: string;
  readonly body: string;
  readonly traceparent: string | null;
  /** Attempts made before this one. */
  readonly tried: number;
  readonly leaseToken: string;
}

export interface Attempt {
  /** RFC 3339, business time. */
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly ms: number;
}

/** What became of a claimed delivery. */
export interface DeliveryOutcome {
  readonly delivery: ClaimedDelivery;
  readonly attempt: Attempt;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly nextAt: Date | null;
}

/** Durable queue of deliveries, one row per message and endpoint. */
export abstract class DeliveryQueue {
  /** Queues the messages for every endpoint that wants them; a message already queued changes nothing. */
  abstract enqueue(tx: Transaction, messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Claims what is due at `now` (business time) and held by nobody, at most `limit`: at most `perEndpoint` under
   * way each (counting `inFlight`), one where the circuit is open. The lease runs on the database's clock.
   */
  abstract claim(now: Date, limit: number, perEndpoint: number, inFlight: ReadonlyMap<string, number>): Promise<ClaimedDelivery[]>;
  /**
   * Earliest due instant among deliveries of active endpoints, claimed ones included: who claimed may have
   * died, and its lease ends by another clock than this instant.
   */
  abstract nextDueAt(): Promise<Date | null>;
  /** Gives claimed deliveries back unattempted: they are due again at once, for any replica. */
  abstract release(deliveries: readonly ClaimedDelivery[]): Promise<void>;
  /** Stores outcomes of deliveries that nobody else has claimed since, and returns those. */
  abstract settle(tx: Transaction, outcomes: readonly DeliveryOutcome[]): Promise<DeliveryOutcome[]>;
  /** Locks the endpoints in id order. */
  abstract lockEndpoints(tx: Transaction, ids: readonly string[]): Promise<Map<string, EndpointHealth>>;
  abstract saveEndpoints(tx: Transaction, healths: ReadonlyMap<string, EndpointHealth>): Promise<void>;
  /** Disables endpoints, by id and reason; what waits for them is kept as `disabled` and can be replayed. Returns those that were active. */
  abstract disable(tx: Transaction, reasons: ReadonlyMap<string, string>, now: Date): Promise<string[]>;
  /** Holds these keys of the notifications topic to the end of the transaction: two replicas must not take one version. */
  abstract lockKeys(tx: Transaction, keys: readonly string[]): Promise<void>;
  /** When the oldest message was queued of whose deliveries none is pending any more; null without one. */
  abstract oldestSettled(): Promise<Date | null>;
  /** Forgets messages queued before `instant`, with their deliveries; what still waits to be sent stays. */
  abstract forgetSettledBefore(instant: Date): Promise<void>;
}
