import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { LookPlan, type PartitionTime } from '../application/look-plan.js';

@Injectable()
export class PostgresLookPlan extends LookPlan {
  constructor(private readonly database: Database) {
    super();
  }

  async due(times: readonly PartitionTime[], except: readonly string[], limit: number): Promise<string[]> {
    const rows = await this.database.query<{ account_id: string }>({
      name: 'accounts-due',
      text: `SELECT due.account_id FROM unnest($1::smallint[], $2::timestamptz[]) AS t (partition, as_of)
             CROSS JOIN LATERAL (
               SELECT p.account_id, p.next_look_at FROM portfolio p
               WHERE p.partition = t.partition AND p.next_look_at <= t.as_of AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS e (id) WHERE e.id = p.account_id)
               ORDER BY p.next_look_at, p.account_id LIMIT $4
             ) due
             ORDER BY due.next_look_at, due.account_id LIMIT $4`,
      values: [times.map((t) => t.partition), times.map((t) => t.asOf), except, limit],
    });
    return rows.map((row) => row.account_id);
  }

  async behind(partitions: readonly number[], generation: number, except: readonly string[], limit: number): Promise<string[]> {
    const rows = await this.database.query<{ account_id: string }>({
      name: 'accounts-behind',
      text: `SELECT b.account_id FROM unnest($1::smallint[]) AS t (partition)
             CROSS JOIN LATERAL (
               SELECT p.account_id FROM portfolio p
               WHERE p.partition = t.partition AND p.generation < $2 AND p.next_look_at IS NOT NULL AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS e (id) WHERE e.id = p.account_id)
               LIMIT $4
             ) b
             LIMIT $4`,
      values: [partitions, generation, except, limit],
    });
    return rows.map((row) => row.account_id);
  }

  async skip(accountId: string, generation: number): Promise<void> {
    await this.database.query({ name: 'skip-behind', text: 'UPDATE portfolio SET generation = $2 WHERE account_id = $1', values: [accountId, generation] });
  }

  async nextLookAt(partitions: readonly number[]): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date | null }>({
      name: 'next-look',
      text: `SELECT min(l.at) AS at FROM unnest($1::smallint[]) AS p (n) CROSS JOIN LATERAL (SELECT min(next_look_at) AS at FROM portfolio WHERE partition = p.n AND next_look_at IS NOT NULL) l`,
      values: [partitions],
    });
    return row?.at ?? null;
  }

  async postpone(accountId: string, until: Date): Promise<void> {
    await this.database.query({ name: 'postpone-look', text: 'UPDATE portfolio SET next_look_at = $2 WHERE account_id = $1', values: [accountId, until] });
  }
}
