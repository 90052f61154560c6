import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { RenewalOutcomes, type RenewalOutcome } from '../application/renewal-outcomes.js';

@Injectable()
export class PostgresRenewalOutcomes extends RenewalOutcomes {
  async replace(tx: Transaction, accountIds: readonly string[], outcomes: readonly RenewalOutcome[], knownAt: Date): Promise<void> {
    await tx.query({
      name: 'keep-outcomes',
      text: `WITH told AS (SELECT * FROM unnest($2::text[], $3::text[], $4::date[], $5::date[], $6::boolean[]) AS t (account_id, renewal_id, renewal_on, notice_on, renewed)),
                  gone AS (DELETE FROM renewal_outcome o WHERE o.account_id = ANY($1::text[]) AND NOT EXISTS (SELECT FROM told t WHERE t.account_id = o.account_id AND t.renewal_id = o.renewal_id))
             INSERT INTO renewal_outcome AS known (account_id, renewal_id, renewal_on, notice_on, renewed, known_at) SELECT *, $7::timestamptz FROM told
             ON CONFLICT (account_id, renewal_id) DO UPDATE SET renewal_on = excluded.renewal_on, notice_on = excluded.notice_on, renewed = excluded.renewed
             WHERE (known.renewal_on, known.notice_on, known.renewed) IS DISTINCT FROM (excluded.renewal_on, excluded.notice_on, excluded.renewed)`,
      values: [accountIds, outcomes.map((o) => o.accountId), outcomes.map((o) => o.renewalId), outcomes.map((o) => o.renewalOn), outcomes.map((o) => o.noticeOn), outcomes.map((o) => o.renewed), knownAt],
    });
  }
}
