import { Injectable } from '@nestjs/common';
import { riskChangesTopic } from '@perennial/contracts/topics';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { AnnouncedRiskChanges } from '../application/announced-risk-changes.js';

/** Twice what the log keeps: its retention is by machine time, and brokers delete late. */
const keptDays = 2 * (riskChangesTopic.retentionDays ?? 30);

@Injectable()
export class PostgresAnnouncedRiskChanges extends AnnouncedRiskChanges {
  constructor(private readonly database: Database) {
    super();
  }

  async takeNew<E extends { readonly key: string; readonly version: number }>(tx: Transaction, events: readonly E[]): Promise<E[]> {
    const rows = await tx.query<{ account_id: string; version: string }>({
      name: 'take-new-risk-changes',
      text: `INSERT INTO announced_risk_change (account_id, version) SELECT * FROM unnest($1::text[], $2::bigint[])
             ON CONFLICT DO NOTHING RETURNING account_id, version`,
      values: [events.map((event) => event.key), events.map((event) => event.version)],
    });
    const taken = new Set(rows.map((row) => `${row.version} ${row.account_id}`));
    return events.filter((event) => taken.has(`${event.version} ${event.key}`));
  }

  async forgetOld(): Promise<void> {
    await this.database.query({ text: 'DELETE FROM announced_risk_change WHERE announced_at < clock_timestamp() - make_interval(days => $1)', values: [keptDays] });
  }
}
