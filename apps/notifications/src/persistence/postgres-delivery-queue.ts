import { Inject, Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { CONFIG } from '@perennial/service-kit/service';
import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { DeliveryQueue, type ClaimedDelivery, type DeliveryOutcome, type OutgoingMessage } from '../application/delivery-queue.js';
import type { NotificationsConfig } from '../config.js';
import { openAfterFailures, type EndpointHealth } from '../domain/delivery-policy.js';

/** Namespace of delivery ids: one per (message, endpoint), so queueing twice is queueing once. */
const deliveryNamespace = '5f0a3c0e-6d0a-4d52-9c43-0b1a8f0e7a11';
/** Beyond the longest request: time to store its outcome. */
const leaseMarginMs = 5_000;
/** First half of the two-part advisory lock on a key of the notifications topic. */
const keyLockClass = 0x6e6f7466;
/** Of `webhook_delivery d`: somebody waits for it, or may have it sent when the endpoint is enabled again. */
const wanted = `d.state IN ('pending', 'disabled')`;
/** Of `webhook_message m`. */
const settled = `NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.message_id = m.id AND ${wanted})`;
const messagesPerPurge = 1_000;

@Injectable()
export class PostgresDeliveryQueue extends DeliveryQueue {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {
    super();
  }

  async enqueue(tx: Transaction, messages: readonly OutgoingMessage[]): Promise<void> {
    const endpoints = await tx.query<{ id: string; event_types: string[]; state: string }>({
      name: 'endpoints-wanting',
      text: 'SELECT id, event_types, state FROM webhook_endpoint ORDER BY id FOR SHARE',
    });
    const pairs = messages.flatMap((message) =>
      endpoints.filter((endpoint) => endpoint.event_types.includes(message.eventType)).map((endpoint) => ({ message, endpoint })),
    );
    if (pairs.length === 0) return;
    const insertMessages = tx.query({
      name: 'insert-messages',
      text: `INSERT INTO webhook_message (id, event_type, account_id, body, traceparent, created_at)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) ON CONFLICT DO NOTHING`,
      values: [messages.map((m) => m.id), messages.map((m) => m.eventType), messages.map((m) => m.accountId), messages.map((m) => m.body), messages.map((m) => m.traceparent), messages.map((m) => m.createdAt)],
    });
    const insertDeliveries = tx.query({
      name: 'insert-deliveries',
      text: `INSERT INTO webhook_delivery (id, endpoint_id, message_id, state, next_at)
             SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) ON CONFLICT DO NOTHING`,
      values: [
        pairs.map(({ message, endpoint }) => uuidv5(`${message.id} ${endpoint.id}`, deliveryNamespace)),
        pairs.map(({ endpoint }) => endpoint.id),
        pairs.map(({ message }) => message.id),
        pairs.map(({ endpoint }) => (endpoint.state === 'active' ? 'pending' : 'disabled')),
        pairs.map(({ message, endpoint }) => (endpoint.state === 'active' ? message.createdAt : null)),
      ],
    });
    await Promise.all([insertMessages, insertDeliveries]);
  }

  async claim(now: Date, limit: number, perEndpoint: number, inFlight: ReadonlyMap<string, number>): Promise<ClaimedDelivery[]> {
    const leaseToken = randomUUID();
    const rows = await this.database.query<ClaimRow>({
      name: 'claim-deliveries',
      text: `
        WITH due AS (
          SELECT d.id FROM webhook_endpoint e
          LEFT JOIN unnest($3::uuid[], $4::integer[]) AS busy (endpoint_id, n) ON busy.endpoint_id = e.id
          CROSS JOIN LATERAL (
            SELECT id FROM webhook_delivery
            WHERE endpoint_id = e.id AND state = 'pending' AND next_at <= $1 AND (lease_until IS NULL OR lease_until < clock_timestamp())
            ORDER BY next_at, seq
            LIMIT greatest(0, CASE WHEN e.consecutive_failures >= ${openAfterFailures} THEN 1 ELSE $5 END - coalesce(busy.n, 0))
            FOR UPDATE SKIP LOCKED
          ) d
          WHERE e.state = 'active' AND (e.held_until IS NULL OR e.held_until <= $1)
          LIMIT $2
        )
        UPDATE webhook_delivery d SET lease_until = clock_timestamp() + make_interval(secs => $7), lease_token = $6
        FROM due, webhook_endpoint e, webhook_message m
        WHERE d.id = due.id AND e.id = d.endpoint_id AND m.id = d.message_id
        RETURNING d.id, d.endpoint_id, d.message_id, d.tried, e.url, e.secret, m.body, m.traceparent, m.event_type, m.account_id`,
      values: [now, limit, [...inFlight.keys()], [...inFlight.values()], perEndpoint, leaseToken, (this.config.webhookTimeoutMs + leaseMarginMs) / 1000],
    });
    return rows.map((row) => ({
      id: row.id, endpointId: row.endpoint_id, messageId: row.message_id, accountId: row.account_id, eventType: row.event_type,
      url: row.url, secret: row.secret, body: row.body, traceparent: row.traceparent, tried: row.tried, leaseToken,
    }));
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.database.query<{ due: Date | null }>({
      name: 'next-delivery',
      text: `SELECT min(greatest(e.held_until, d.next_at)) AS due FROM webhook_endpoint e
             CROSS JOIN LATERAL (
               SELECT min(next_at) AS next_at FROM webhook_delivery
               WHERE endpoint_id = e.id AND state = 'pending'
             ) d
             WHERE e.state = 'active' AND d.next_at IS NOT NULL`,
    });
    return row?.due ?? null;
  }

  async release(deliveries: readonly ClaimedDelivery[]): Promise<void> {
    await this.database.query({
      name: 'release-deliveries',
      text: `UPDATE webhook_delivery d SET lease_until = NULL, lease_token = NULL
             FROM unnest($1::uuid[], $2::uuid[]) AS r (id, token) WHERE d.id = r.id AND d.lease_token = r.token`,
      values: [deliveries.map((d) => d.id), deliveries.map((d) => d.leaseToken)],
    });
  }

  async settle(tx: Transaction, outcomes: readonly DeliveryOutcome[]): Promise<DeliveryOutcome[]> {
    const stored = await tx.query<{ id: string }>({
      name: 'settle-deliveries',
      text: `UPDATE webhook_delivery d
             SET state = CASE WHEN d.state = 'disabled' AND o.state = 'pending' THEN 'disabled' ELSE o.state END,
                 next_at = CASE WHEN d.state = 'disabled' THEN NULL ELSE o.next_at END,
                 attempts = d.attempts || o.attempt, tried = d.tried + 1, lease_until = NULL, lease_token = NULL
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[]) AS o (id, token, state, attempt, next_at)
             WHERE d.id = o.id AND d.lease_token = o.token RETURNING d.id`,
      values: [
        outcomes.map((o) => o.delivery.id), outcomes.map((o) => o.delivery.leaseToken), outcomes.map((o) => o.state),
        outcomes.map((o) => JSON.stringify(o.attempt)), outcomes.map((o) => o.nextAt),
      ],
    });
    const ids = new Set(stored.map((row) => row.id));
    return outcomes.filter((outcome) => ids.has(outcome.delivery.id));
  }

  async lockEndpoints(tx: Transaction, ids: readonly string[]): Promise<Map<string, EndpointHealth>> {
    const rows = await tx.query<{ id: string; consecutive_failures: number; failing_since: Date | null; held_until: Date | null }>({
      name: 'lock-endpoints',
      text: 'SELECT id, consecutive_failures, failing_since, held_until FROM webhook_endpoint WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
      values: [ids],
    });
    return new Map(rows.map((row) => [row.id, { consecutiveFailures: row.consecutive_failures, failingSince: row.failing_since?.getTime() ?? null, heldUntil: row.held_until?.getTime() ?? null }]));
  }

  async saveEndpoints(tx: Transaction, healths: ReadonlyMap<string, EndpointHealth>): Promise<void> {
    const instant = (ms: number | null) => (ms === null ? null : new Date(ms));
    const values = [...healths.values()];
    await tx.query({
      name: 'save-endpoints',
      text: `UPDATE webhook_endpoint e SET consecutive_failures = h.failures, failing_since = h.since, held_until = h.held
             FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::timestamptz[]) AS h (id, failures, since, held) WHERE e.id = h.id`,
      values: [[...healths.keys()], values.map((h) => h.consecutiveFailures), values.map((h) => instant(h.failingSince)), values.map((h) => instant(h.heldUntil))],
    });
  }

  async disable(tx: Transaction, reasons: ReadonlyMap<string, string>, now: Date): Promise<string[]> {
    const disabled = await tx.query<{ id: string }>({
      name: 'disable-endpoints',
      text: `UPDATE webhook_endpoint e SET state = 'disabled', disabled_reason = d.reason, disabled_at = $3
             FROM unnest($1::uuid[], $2::text[]) AS d (id, reason) WHERE e.id = d.id AND e.state = 'active' RETURNING e.id`,
      values: [[...reasons.keys()], [...reasons.values()], now],
    });
    await tx.query({
      name: 'keep-for-disabled',
      text: `UPDATE webhook_delivery SET state = 'disabled', next_at = NULL WHERE endpoint_id = ANY($1::uuid[]) AND state = 'pending'`,
      values: [[...reasons.keys()]],
    });
    return disabled.map(({ id }) => id);
  }

  async lockKeys(tx: Transaction, keys: readonly string[]): Promise<void> {
    await tx.query({
      name: 'lock-notification-keys',
      text: `SELECT pg_advisory_xact_lock(${keyLockClass}, h) FROM (SELECT DISTINCT hashtext(key) AS h FROM unnest($1::text[]) AS k (key) ORDER BY h) AS sorted`,
      values: [keys],
    });
  }

  async oldestSettled(): Promise<Date | null> {
    const [row] = await this.database.query<{ created_at: Date }>(`SELECT created_at FROM webhook_message m WHERE ${settled} ORDER BY created_at LIMIT 1`);
    return row?.created_at ?? null;
  }

  async forgetSettledBefore(instant: Date): Promise<void> {
    for (let gone = messagesPerPurge; gone === messagesPerPurge; ) {
      gone = await this.database.transaction(async (tx) => {
        const rows = await tx.query<{ id: string }>({ text: `SELECT id FROM webhook_message m WHERE created_at < $1 AND ${settled} ORDER BY created_at LIMIT ${messagesPerPurge}`, values: [instant] });
        const ids = rows.map(({ id }) => id);
        // One that was set to be sent again meanwhile stays, and its message with it.
        await tx.query({ text: `DELETE FROM webhook_delivery d WHERE message_id = ANY($1) AND NOT ${wanted}`, values: [ids] });
        await tx.query({ text: 'DELETE FROM webhook_message m WHERE id = ANY($1) AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.message_id = m.id)', values: [ids] });
        return ids.length;
      });
    }
  }
}

interface ClaimRow {
  id: string;
  endpoint_id: string;
  message_id: string;
  account_id: string | null;
  event_type: string;
  url: string;
  secret: string;
  body: string;
  traceparent: string | null;
  tried: number;
}
