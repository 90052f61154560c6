import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { JudgementRecord, type JudgementRow } from '../application/judgement-record.js';

@Injectable()
export class PostgresJudgementRecord extends JudgementRecord {
  async add(tx: Transaction, row: JudgementRow): Promise<void> {
    await tx.query({
      name: 'add-judgement',
      text: 'INSERT INTO judgement (id, account_id, indicator_id, action, health_score, reason, until, by, at, band, computed_score, computed_band) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      values: [row.id, row.accountId, row.indicatorId, row.action, row.healthScore, row.reason, row.until === null ? null : new Date(row.until), row.by, row.at, row.override?.band ?? null, row.override?.computedScore ?? null, row.override?.computedBand ?? null],
    });
  }
}
