import { Injectable } from '@nestjs/common';
import { Database, type Sql, type Transaction } from '@perennial/persistence/transaction';
import { WebhookEndpointStore, type DeliveryRow, type EndpointRow } from '../application/webhook-endpoints.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';

const deliveryColumns = `d.id, d.endpoint_id AS "endpointId", d.message_id AS "messageId", m.event_type AS "eventType", d.state, d.attempts, d.next_at AS "nextAt"`;

@Injectable()
export class PostgresWebhookEndpointStore extends WebhookEndpointStore {
  constructor(private readonly database: Database) {
    super();
  }

  private get endpoints() {
    return this.database.dataSource.getRepository(WebhookEndpointEntity);
  }

  async insert(tx: Transaction, endpoint: EndpointRow & { secret: string }): Promise<void> {
    await tx.query({
      text: 'INSERT INTO webhook_endpoint (id, url, event_types, secret, state, disabled_reason, consecutive_failures, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)',
      values: [endpoint.id, endpoint.url, endpoint.eventTypes, endpoint.secret, endpoint.state, endpoint.disabledReason, endpoint.createdAt],
    });
  }

  async list(limit: number, startingAfter: string | null): Promise<EndpointRow[]> {
    const query = this.endpoints.createQueryBuilder('e').orderBy('e.createdAt', 'DESC').addOrderBy('e.id', 'DESC').take(limit);
    if (startingAfter) query.where('(e.created_at, e.id) < (SELECT created_at, id FROM webhook_endpoint WHERE id = :after)', { after: startingAfter });
    return query.getMany();
  }

  async get(id: string): Promise<EndpointRow | null> {
    return this.endpoints.findOneBy({ id });
  }

  async countByState(): Promise<ReadonlyMap<EndpointRow['state'], number>> {
    const rows = await this.database.query<{ state: EndpointRow['state']; endpoints: string }>({ name: 'count-endpoints', text: 'SELECT state, count(*) AS endpoints FROM webhook_endpoint GROUP BY state' });
    return new Map(rows.map(({ state, endpoints }) => [state, Number(endpoints)]));
  }

  async delete(id: string): Promise<boolean> {
    return ((await this.endpoints.delete({ id })).affected ?? 0) > 0;
  }

  async enable(id: string): Promise<EndpointRow | null> {
    await this.endpoints.update({ id }, { state: 'active', disabledReason: null, disabledAt: null, consecutiveFailures: 0, failingSince: null, heldUntil: null });
    return this.get(id);
  }

  async deliveries(endpointId: string | null, limit: number, startingAfter: string | null): Promise<DeliveryRow[]> {
    return this.database.query<DeliveryRow>({
      text: `SELECT ${deliveryColumns} FROM webhook_delivery d JOIN webhook_message m ON m.id = d.message_id
             WHERE ($1::uuid IS NULL OR d.endpoint_id = $1) AND ($2::uuid IS NULL OR d.seq < (SELECT seq FROM webhook_delivery WHERE id = $2))
             ORDER BY d.seq DESC LIMIT $3`,
      values: [endpointId, startingAfter, limit],
    });
  }

  async delivery(id: string): Promise<DeliveryRow | null> {
    return this.find(this.database, id);
  }

  async replay(id: string, now: Date): Promise<DeliveryRow | 'endpoint-disabled' | null> {
    return this.database.transaction(async (tx) => {
      // The endpoint's lock first, as everywhere: it cannot be disabled before the commit.
      const [endpoint] = await tx.query<{ state: string }>({ text: 'SELECT e.state FROM webhook_endpoint e JOIN webhook_delivery d ON d.endpoint_id = e.id WHERE d.id = $1 FOR SHARE OF e', values: [id] });
      if (!endpoint) return null;
      if (endpoint.state === 'disabled') return 'endpoint-disabled';
      await tx.query({ text: `UPDATE webhook_delivery SET state = 'pending', tried = 0, next_at = $2 WHERE id = $1 AND state <> 'pending'`, values: [id, now] });
      return this.find(tx, id);
    });
  }

  private async find(sql: Sql, id: string): Promise<DeliveryRow | null> {
    const [row] = await sql.query<DeliveryRow>({ text: `SELECT ${deliveryColumns} FROM webhook_delivery d JOIN webhook_message m ON m.id = d.message_id WHERE d.id = $1`, values: [id] });
    return row ?? null;
  }
}
