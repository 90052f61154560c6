import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { randomBytes, randomUUID } from 'node:crypto';

export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly state: 'active' | 'disabled';
  readonly disabledReason: string | null;
  readonly createdAt: Date;
}

export interface DeliveryRow {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly state: string;
  readonly attempts: { at: string; status: number | null; error: string | null; ms: number }[];
  readonly nextAt: Date | null;
}

/** Endpoints and the log of their deliveries. Lists are newest first and answer one row more than `limit` when there is more. */
export abstract class WebhookEndpointStore {
  abstract insert(tx: Transaction, endpoint: EndpointRow & { secret: string }): Promise<void>;
  abstract list(limit: number, startingAfter: string | null): Promise<EndpointRow[]>;
  abstract get(id: string): Promise<EndpointRow | null>;
  abstract countByState(): Promise<ReadonlyMap<EndpointRow['state'], number>>;
  abstract delete(id: string): Promise<boolean>;
  /** Active again with a clean record; what waits disabled stays so until it is replayed. */
  abstract enable(id: string): Promise<EndpointRow | null>;
  abstract deliveries(endpointId: string | null, limit: number, startingAfter: string | null): Promise<DeliveryRow[]>;
  abstract delivery(id: string): Promise<DeliveryRow | null>;
  /** Makes a delivery that has ended due at `now`; one that is pending stays as it is. Null when there is none. */
  abstract replay(id: string, now: Date): Promise<DeliveryRow | 'endpoint-disabled' | null>;
}

@Injectable()
export class RegisterWebhookEndpoint {
  constructor(private readonly store: WebhookEndpointStore) {}

  /** Makes an endpoint with a fresh 32-byte secret, which is answered here and never again. */
  async register(tx: Transaction, url: string, eventTypes: readonly string[], now: Date): Promise<EndpointRow & { secret: string }> {
    const endpoint = { id: randomUUID(), url, eventTypes, state: 'active' as const, disabledReason: null, createdAt: now, secret: `whsec_${randomBytes(32).toString('base64')}` };
    await this.store.insert(tx, endpoint);
    return endpoint;
  }
}
