import { Injectable } from '@nestjs/common';
import type { Sql, Transaction } from '@perennial/persistence/transaction';
import { v7 as uuidv7 } from 'uuid';
import { MergeHistory, type Decision, type Merge } from '../application/merge-history.js';

@Injectable()
export class PostgresMergeHistory extends MergeHistory {
  async add(tx: Transaction, kind: 'account' | 'person', fromId: string, intoId: string, { at, by, reason }: Decision): Promise<void> {
    await tx.query({ text: 'INSERT INTO merge (id, kind, from_id, into_id, reason, merged_at, merged_by) VALUES ($1, $2, $3, $4, $5, $6, $7)', values: [uuidv7(), kind, fromId, intoId, reason, at, by] });
  }

  async end(tx: Transaction, kind: 'account' | 'person', fromId: string, { at, by, reason }: Decision): Promise<void> {
    await tx.query({ text: 'UPDATE merge SET unmerged_at = $3, unmerged_by = $4, unmerge_reason = $5 WHERE kind = $1 AND from_id = $2 AND unmerged_at IS NULL', values: [kind, fromId, at, by, reason] });
  }

  async list(sql: Sql, kind: 'account' | 'person', id: string, limit: number, startingAfter: string | null): Promise<Merge[]> {
    return sql.query<Merge>({
      text: `SELECT id, from_id AS "fromId", into_id AS "intoId", reason, merged_at AS "mergedAt", merged_by AS "mergedBy", unmerged_at AS "unmergedAt", unmerged_by AS "unmergedBy", unmerge_reason AS "unmergeReason"
             FROM merge WHERE kind = $1 AND (from_id = $2 OR into_id = $2) AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $3`,
      values: [kind, id, limit, startingAfter],
    });
  }
}
